//! Remote servers: which fail, why and since when, however many names strangers make up.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use std::pin::pin;
use std::task::{Context, Waker};
use std::time::{Duration, SystemTime};

use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Exporter, Reason};
use fedimetrics_jobs::{Attempt, Job, Standing, Targets};

static DELIVER: Job = Job::delivery("federation_out", "deliver");
static ANNOUNCE: Job = Job::delivery("federation_out", "announce");
static TARGETS: Targets = Targets::new();

struct Server {
    exporter: Exporter,
    deliver: Job,
    announce: Job,
    targets: Targets,
}

/// What is watched has to be there before the exporter is: so it records to one that is watched by another.
fn server(settings: impl FnOnce(Targets) -> Targets) -> Server {
    let store = Exporter::builder().build().unwrap();
    let (deliver, announce) = (DELIVER.on(&store), ANNOUNCE.on(&store));
    let targets = settings(TARGETS.on(&store));
    let exporter = Exporter::builder()
        .watch(&deliver)
        .watch(&announce)
        .watch(&targets)
        .build()
        .unwrap();
    Server {
        exporter,
        deliver,
        announce,
        targets,
    }
}

fn standing(scrape: &Scrape, state: &str) -> f64 {
    let labels = [("state", state)];
    scrape.value("delivery_targets", &labels).unwrap()
}

#[test]
fn every_state_reads_zero_before_the_first_delivery() {
    let scrape = Scrape::of(&server(|targets| targets).exporter);
    for state in Standing::WORDS {
        assert_eq!(standing(&scrape, state), 0.0, "{state}");
    }
    assert!(!scrape.has("delivery_failing_targets"));
    assert!(!scrape.has("delivery_failing_target_since_seconds"));
    assert!(!scrape.has("delivery_target_attempts_total"));
    assert_eq!(
        scrape.value("exporter_collector_success", &[("collector", "deliveries")]),
        Some(1.0)
    );
}

#[test]
fn all_delivery_jobs_of_a_recorder_tell_of_the_same_servers() {
    let one = server(|targets| targets);
    let first = Attempt::number(1).of(3);
    one.deliver
        .start(first)
        .to("https://a.example/inbox")
        .success();
    let mut cx = Context::from_waker(Waker::noop());
    let failing = one.deliver.attempt(first).to("b.example");
    let failing = pin!(failing.run(async { Err::<(), _>(Reason::Timeout) })).poll(&mut cx);
    assert!(failing.is_ready());
    let run = one.announce.start(first.inboxes(3));
    run.delivery("A.example").exception(&Reason::http(503));
    run.delivery("c.example").success();
    run.delivery("d.example").discard(&Reason::http(410));
    run.exception(&Reason::Other);
    // Those without a name are nobody.
    one.deliver.start(first).exception(&Reason::Timeout);
    one.deliver.start(first).to("").exception(&Reason::Timeout);

    let scrape = Scrape::of(&one.exporter);
    let states = ["ok", "failing", "given_up"].map(|state| standing(&scrape, state));
    assert_eq!(states, [1.0, 2.0, 1.0]);
    let why = |reason, blame| {
        let labels = [("reason", reason), ("blame", blame)];
        scrape.value("delivery_failing_targets", &labels)
    };
    assert_eq!(why("http_503", "them"), Some(1.0));
    assert_eq!(why("timeout", "unclear"), Some(1.0));
    assert_eq!(why("http_410", "gone"), Some(1.0));
}

#[test]
fn an_attempt_that_is_given_up_gives_up_the_servers_it_failed_to_reach() {
    let one = server(|targets| targets);
    let run = one.announce.start(Attempt::number(3).inboxes(2));
    run.delivery("a.example").exception(&Reason::Timeout);
    run.delivery("b.example").success();
    run.final_failure(&Reason::Timeout);
    let scrape = Scrape::of(&one.exporter);
    let states = ["ok", "failing", "given_up"].map(|state| standing(&scrape, state));
    assert_eq!(states, [1.0, 0.0, 1.0]);
    assert_eq!(one.targets.failing()[0].standing, Standing::GivenUp);
}

#[test]
fn two_exporters_know_nothing_of_each_other() {
    let (one, other) = (server(|targets| targets), server(|targets| targets));
    let run = one.deliver.start(Attempt::number(1)).to("a.example");
    run.exception(&Reason::Timeout);
    assert_eq!(one.targets.failing().len(), 1);
    assert!(other.targets.failing().is_empty());
    assert_eq!(standing(&Scrape::of(&other.exporter), "failing"), 0.0);
}

#[test]
fn a_failing_server_is_told_by_name_with_its_count_reason_and_time() {
    let one = server(|targets| targets);
    let before = SystemTime::now() - Duration::from_secs(2);
    for attempt in 1..=3 {
        let run = one.deliver.start(Attempt::number(attempt).of(3));
        let reason = [Reason::Timeout, Reason::Econnrefused, Reason::http(502)];
        run.to("a.example")
            .finish(&Err::<(), _>(reason[attempt as usize - 1]));
    }
    let failing = one.targets.failing();
    assert_eq!(failing.len(), 1);
    assert_eq!(failing[0].target, "a.example");
    assert_eq!(
        (failing[0].failures, failing[0].reason),
        (3, Reason::http(502))
    );
    assert_eq!(failing[0].standing, Standing::GivenUp);
    assert!(before <= failing[0].since && failing[0].since <= failing[0].last);
    one.deliver
        .start(Attempt::number(1))
        .to("a.example")
        .success();
    assert!(one.targets.failing().is_empty());
}

#[test]
fn what_strangers_are_called_cannot_leave_the_json() {
    let one = server(|targets| targets.with_listed(4));
    let hostile = [
        "\"}],\"x\":[{\"",
        "back\\slash",
        "line\nfeed\u{0}\u{7f}\u{2028}x",
        "ünï.example",
    ];
    for name in hostile {
        one.deliver
            .start(Attempt::only())
            .to(name)
            .finish(&Err::<(), _>(Reason::http(410)));
    }
    let text = one.targets.json();
    let read: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(read["targets"]["given_up"], 4, "{text}");
    let mut names: Vec<_> = read["failing"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["target"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    let mut expected = hostile;
    expected.sort_unstable();
    assert_eq!(names, expected);
    let first = &read["failing"][0];
    assert_eq!(
        (&first["reason"], &first["blame"]),
        (&"http_410".into(), &"gone".into())
    );
    assert_eq!(
        (&first["state"], &first["failures"]),
        (&"given_up".into(), &1.into())
    );
    assert!(first["since"].as_u64() <= first["last"].as_u64());
}

#[test]
fn what_the_hosts_own_table_knows_is_shown_from_the_start() {
    let one = server(Targets::with_lasting);
    let week = SystemTime::now() - Duration::from_secs(7 * 86_400);
    one.targets.seed("a.example", week, Reason::Nxdomain);
    one.targets
        .seed("young.example", SystemTime::now(), Reason::Timeout);
    let scrape = Scrape::of(&one.exporter);
    let labels = [("target", "a.example"), ("reason", "nxdomain")];
    let since = scrape
        .value("delivery_failing_target_since_seconds", &labels)
        .unwrap();
    assert!((604_800.0..604_900.0).contains(&since), "{since}");
    assert_eq!(
        scrape.value(
            "delivery_failing_target_since_seconds",
            &[("target", "young.example")]
        ),
        None
    );
    assert_eq!(standing(&scrape, "failing"), 2.0);
}

#[test]
fn attempts_to_the_named_are_counted_by_name_and_all_others_as_one() {
    let one = server(|targets| targets.with_named(["Big.example", "relay.example"]));
    let scrape = Scrape::of(&one.exporter);
    let count = |scrape: &Scrape, target, outcome| {
        let labels = [("target", target), ("outcome", outcome)];
        scrape.value("delivery_target_attempts_total", &labels)
    };
    for target in ["big.example", "relay.example", "_other"] {
        for outcome in ["success", "final_failure", "cancelled"] {
            assert_eq!(
                count(&scrape, target, outcome),
                Some(0.0),
                "{target} {outcome}"
            );
        }
    }
    drop(scrape);
    let first = Attempt::number(1).of(2);
    for name in ["big.example", "x.example", "y.example"] {
        one.deliver.start(first).to(name).success();
    }
    one.announce.start(first).exception(&Reason::Timeout);
    // Jobs and exporter are two here, so what the jobs recorded is read where they recorded it.
    let store = Exporter::builder().build().unwrap();
    let targets = TARGETS.on(&store).with_named(["big.example"]);
    let job = DELIVER.on(&store);
    let _watching = Exporter::builder().watch(&targets).build().unwrap();
    job.start(first).to("BIG.example.").success();
    job.start(first).to("x.example").success();
    drop(job.start(first));
    let scrape = Scrape::of(&store);
    assert_eq!(count(&scrape, "big.example", "success"), Some(1.0));
    assert_eq!(count(&scrape, "_other", "success"), Some(1.0));
    assert_eq!(count(&scrape, "_other", "cancelled"), Some(1.0));
    assert!(!store.render().contains("x.example"));
}
