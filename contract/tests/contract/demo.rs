//! The demo server under its own traffic, first busy and then at rest, as a real Prometheus and the constants see it.

use std::collections::BTreeSet;
use std::fs;
use std::sync::LazyLock;
use std::time::Duration;

use fedimetrics_contract::{Exposition, Point, Prometheus, Target, catalogue, eventually, lints};
use fedimetrics_core::Born;
use fediverse::{Options, Running};
use tokio::runtime::Runtime;
use ureq::Agent;

/// By then all that is documented has happened once.
const TRAFFIC: Duration = Duration::from_secs(120);

/// By then nothing is left to retry.
const REST: Duration = Duration::from_secs(120);

/// What was seen of one run. The server takes the process's recorder, so there is one run for all tests.
static SEEN: LazyLock<Seen> = LazyLock::new(Seen::gather);

struct Seen {
    /// Right after the start.
    first: String,
    /// At rest.
    last: String,
    /// Documented families that never showed up.
    missing: Vec<&'static str>,
    /// Each law's expression at rest: what is over, by whatever it is kept for.
    started: Vec<Point>,
    failures: Vec<Point>,
    offered: Vec<Point>,
    /// How much there was to keep the laws for.
    counted: Vec<Point>,
}

impl Seen {
    fn gather() -> Self {
        let runtime = Runtime::new().unwrap();
        let options = Options {
            listen: ([127, 0, 0, 1], 0).into(),
            ..Options::default()
        };
        let mut running = runtime.block_on(fediverse::start(options)).unwrap();
        let first = scrape(&running);
        let prometheus = Prometheus::scraping(&Target {
            address: running.address,
            path: "/metrics".to_owned(),
            token: running.token.path().to_owned(),
        });
        let missing = eventually(TRAFFIC, || {
            match Exposition::parse(&scrape(&running)).missing() {
                missing if missing.is_empty() => Ok(missing),
                missing => Err(missing),
            }
        })
        .unwrap_or_else(|missing| missing);
        running.end_traffic();
        let rest = runtime.block_on(async { tokio::time::timeout(REST, running.at_rest()).await });
        rest.expect("the queues empty").unwrap();
        let last = scrape(&running);
        prometheus.scraped_again();
        let seen = Self {
            first,
            last,
            missing,
            started: prometheus.settled(
                "sum by (queue, worker) (job_started_total)
                - sum by (queue, worker) (job_finished_total)
                - sum by (queue, worker) (job_in_flight)",
            ),
            failures: prometheus.settled(
                r#"sum by (queue, worker, outcome) (job_finished_total{outcome!="success"})
                - (sum by (queue, worker, outcome) (job_failures_total)
                  or sum by (queue, worker, outcome) (job_finished_total{outcome!="success"}) * 0)"#,
            ),
            // What is pending is in the server's own database, and at rest it is nothing.
            offered: prometheus.settled(
                r#"sum(delivery_offered_total)
                - sum(delivery_attempts_total{outcome="success"})
                - sum(delivery_lost_total)"#,
            ),
            counted: prometheus.instant(
                r#"label_replace(sum(job_started_total), "of", "started", "", "")
                or label_replace(sum(job_failures_total), "of", "failures", "", "")
                or label_replace(sum(delivery_attempts_total{outcome="success"}), "of", "delivered", "", "")
                or label_replace(sum(delivery_lost_total), "of", "lost", "", "")"#,
            ),
        };
        runtime.block_on(running.shutdown());
        seen
    }
}

fn scrape(running: &Running) -> String {
    let token = fs::read_to_string(running.token.path()).unwrap();
    let mut response = Agent::new_with_defaults()
        .get(format!("http://{}/metrics", running.address))
        .header("Authorization", format!("Bearer {}", token.trim()))
        .call()
        .unwrap();
    response.body_mut().read_to_string().unwrap()
}

/// Every answer is 0, and there is one.
#[track_caller]
fn kept(law: &[Point]) {
    assert!(!law.is_empty(), "there is nothing to keep it for");
    let broken: Vec<_> = law.iter().filter(|point| point.values != [0.0]).collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn nothing_is_in_a_scrape_that_no_constant_allows() {
    for text in [&SEEN.first, &SEEN.last] {
        assert_eq!(
            Exposition::parse(text).undocumented(|_| false),
            Vec::<String>::new()
        );
    }
}

#[test]
fn whatever_is_documented_shows_up_under_traffic() {
    assert_eq!(SEEN.missing, Vec::<&str>::new());
}

#[test]
fn every_declared_family_is_in_the_very_first_scrape() {
    assert_eq!(Exposition::parse(&SEEN.first).unborn(), Vec::<&str>::new());
}

#[test]
fn no_declared_series_is_born_later_than_the_first_scrape() {
    let series = |text: &str| -> BTreeSet<_> {
        let exposition = Exposition::parse(text);
        let declared = catalogue::all().filter(|metric| metric.born() == Born::Declared);
        declared
            .flat_map(|metric| exposition.samples(metric))
            .map(|sample| format!("{}{:?}", sample.name, sample.labels))
            .collect()
    };
    let (first, last) = (series(&SEEN.first), series(&SEEN.last));
    assert!(!first.is_empty());
    let later: Vec<_> = last.difference(&first).collect();
    assert!(later.is_empty(), "{later:#?}");
}

#[test]
fn promtool_has_nothing_to_say_about_the_demo_server() {
    assert_eq!(lints(&SEEN.last), Vec::<String>::new());
}

#[test]
fn attempts_started_are_those_finished_and_those_in_flight() {
    kept(&SEEN.started);
}

#[test]
fn every_attempt_without_success_has_a_reason() {
    kept(&SEEN.failures);
}

#[test]
fn inboxes_offered_are_those_delivered_and_those_lost_when_none_is_pending() {
    kept(&SEEN.offered);
}

#[test]
fn the_laws_were_kept_for_more_than_nothing() {
    assert_eq!(SEEN.counted.len(), 4, "{:#?}", SEEN.counted);
    for point in &SEEN.counted {
        assert!(point.values[0] > 0.0, "{point:?}");
    }
}
