//! Several jobs, several exporters, and what is declared before anything happens.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

mod law;

use std::time::{Duration, SystemTime};

use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Born, Exporter, Reason, Sink};
use fedimetrics_jobs::{
    Attempt, Inbound, Job, Outcome, Peer, PeerState, Peers, Purpose, Queue, Targets, catalogue,
};

static DELIVER: Job =
    Job::delivery("federation_out", "deliver").time_limit(Duration::from_secs(30));
static ANNOUNCE: Job = Job::delivery("federation_out", "announce");
static DIGEST: Job = Job::new("mail", "digest").every(Duration::from_secs(86_400));
static PEERS: Peers = Peers::new("federation_out", Duration::from_secs(30));
static INBOX: Inbound = Inbound::new();
static OUTBOX: Queue = Queue::new("federation_out", Purpose::FederationOut)
    .concurrency(32)
    .probed_every(Duration::from_secs(30));

#[test]
fn every_declared_series_of_a_watched_job_reads_zero_from_the_first_scrape() {
    let exporter = Exporter::builder()
        .watch(&DELIVER)
        .watch(&DIGEST)
        .build()
        .unwrap();
    let scrape = Scrape::of(&exporter);
    for (queue, worker) in [("federation_out", "deliver"), ("mail", "digest")] {
        let labels = &[("queue", queue), ("worker", worker)];
        for name in [
            "job_enqueued_total",
            "job_started_total",
            "job_in_flight",
            "job_longest_running_seconds",
            "job_last_success_timestamp_seconds",
            "job_duration_seconds_count",
            "job_wait_seconds_count",
            "job_attempts_count",
            "job_age_seconds_count",
        ] {
            assert_eq!(scrape.value(name, labels), Some(0.0), "{name} of {worker}");
        }
        for outcome in Outcome::WORDS {
            let labels = &[("queue", queue), ("worker", worker), ("outcome", *outcome)];
            assert_eq!(
                scrape.value("job_finished_total", labels),
                Some(0.0),
                "{outcome}"
            );
        }
    }
    assert_eq!(scrape.value("job_interval_seconds", &[]), Some(86_400.0));
    assert_eq!(
        scrape.value("job_time_limit_seconds", &[("worker", "deliver")]),
        Some(30.0)
    );
    for name in [
        "delivery_offered_total",
        "delivery_duration_seconds_count",
        "delivery_lag_seconds_count",
    ] {
        assert_eq!(scrape.value(name, &[]), Some(0.0), "{name}");
    }
    assert_eq!(
        scrape.matching("delivery_attempts_total", &[]).count(),
        Outcome::ALL.len()
    );
    law::assert_conserved(&scrape);
}

#[test]
fn the_declaration_and_the_catalogue_agree() {
    let exporter = Exporter::builder()
        .watch(&DELIVER)
        .watch(&DIGEST)
        .watch(&OUTBOX)
        .watch(&PEERS)
        .watch(&INBOX)
        .watch(&Targets::new().with_lasting().with_named(["a.example"]))
        .build()
        .unwrap();
    OUTBOX.report(Some(fedimetrics_jobs::Depth::default()), Duration::ZERO);
    let (state, lag) = (PeerState::Current, Some(Duration::ZERO));
    PEERS.report([Peer { state, lag }]);
    let days_ago = SystemTime::now() - Duration::from_secs(200_000);
    Targets::new().seed("a.example", days_ago, Reason::Nxdomain);
    let text = exporter.render();
    for metric in catalogue::ALL {
        let (name, kind) = (metric.name(), metric.kind().as_str());
        let declared = text.contains(&format!("# TYPE {name} {kind}\n"));
        assert_eq!(declared, metric.born() != Born::Lazy, "{name}");
        assert!(
            !declared || text.contains(&format!("# HELP {name} {}\n", metric.help())),
            "{name}"
        );
    }
    for name in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let name = name.split(' ').next().unwrap();
        let known = catalogue::ALL.iter().any(|metric| metric.name() == name);
        assert!(
            known || name.starts_with("exporter_"),
            "{name} is in no catalogue"
        );
    }
}

#[test]
fn two_exporters_keep_their_numbers_apart() {
    let exporters = [(); 2].map(|()| Exporter::builder().watch(&DELIVER).build().unwrap());
    let [one, two] = &exporters;
    let (on_one, on_two) = (DELIVER.on(one), DELIVER.on(two));
    on_one.start(Attempt::only()).success();
    let run = on_two.start(Attempt::only());
    let started = |exporter| Scrape::of(exporter).sum("job_started_total", &[]);
    let in_flight = |exporter| Scrape::of(exporter).sum("job_in_flight", &[]);
    assert_eq!((started(one), in_flight(one)), (1.0, 0.0));
    assert_eq!((started(two), in_flight(two)), (1.0, 1.0));
    run.final_failure(&Reason::Timeout);
    assert_eq!(Scrape::of(one).sum("delivery_lost_total", &[]), 0.0);
    assert_eq!(Scrape::of(two).sum("delivery_lost_total", &[]), 1.0);
    exporters
        .iter()
        .for_each(|exporter| law::assert_conserved(&Scrape::of(exporter)));
}

#[test]
fn several_deliveries_share_the_delivery_series() {
    let exporter = Exporter::builder()
        .watch(&DELIVER)
        .watch(&ANNOUNCE)
        .build()
        .unwrap();
    for job in [DELIVER.on(&exporter), ANNOUNCE.on(&exporter)] {
        job.enqueued();
        job.start(Attempt::number(1))
            .final_failure(&Reason::http(410));
    }
    let scrape = Scrape::of(&exporter);
    let gone = &[
        ("how", "final_failure"),
        ("reason", "http_410"),
        ("blame", "gone"),
    ];
    assert_eq!(scrape.value("delivery_lost_total", gone), Some(2.0));
    assert_eq!(
        scrape.sum("job_finished_total", &[("worker", "announce")]),
        1.0
    );
    assert_eq!(law::pending(&scrape), 0.0);
}

#[test]
fn a_job_can_have_a_name_that_is_only_known_at_run_time() {
    let exporter = Exporter::builder().build().unwrap();
    for peer in 0..3 {
        let job = Job::named("peers", format!("peer_{peer}"))
            .delivering()
            .on_sink(exporter.sink());
        job.start(Attempt::only()).success();
    }
    let scrape = Scrape::of(&exporter);
    assert_eq!(
        scrape.sum(
            "job_finished_total",
            &[("worker", "peer_2"), ("outcome", "success")]
        ),
        1.0
    );
    assert_eq!(scrape.sum("delivery_attempts_total", &[]), 3.0);
}

#[test]
fn without_any_recorder_nothing_happens() {
    let job = DELIVER.on_sink(Sink::global());
    job.enqueued();
    job.dropped(Reason::Backoff);
    let run = job.start(Attempt::only().inboxes(2));
    run.delivery("a.example").success();
    run.final_failure(&Reason::Timeout);
}
