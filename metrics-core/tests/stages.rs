//! A stage counts for the route or the worker that it is in when it ends, whichever way it ends.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use std::future::{pending, poll_fn, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use fedimetrics_core::scope::{self, Scope};
use fedimetrics_core::stage::{DB_QUERY, DB_WAIT, FETCH, RENDER, RESERVED, Stages};
use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Exporter, Name};

fn exporter() -> Exporter {
    Exporter::builder().watch(Stages::global()).build().unwrap()
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

fn within<T>(scope: &mut Scope, run: impl FnOnce() -> T) -> T {
    let _entered = scope.enter();
    run()
}

fn route(route: &str) -> Scope {
    Scope::request(Some(Name::new(route)))
}

/// Does not sleep: the time of a stage is real time.
fn spin(lasts: Duration) {
    let begun = Instant::now();
    while begun.elapsed() < lasts {}
}

#[test]
fn what_every_server_has_reads_0_from_the_first_scrape() {
    let scrape = Scrape::of(&exporter());
    for stage in RESERVED {
        let count = scrape.value("stage_duration_seconds_count", &[("stage", stage)]);
        assert_eq!(count, Some(0.0), "{stage}");
    }
    assert!(!scrape.has("stage_calls_total"));
}

#[test]
fn a_stage_counts_for_the_route_that_is_known_when_it_ends() {
    let exporter = exporter();
    let stages = Stages::on(&exporter);
    let mut scope = Scope::request(None);
    within(&mut scope, || {
        assert!(poll(pin!(stages.time(FETCH, ready(7)))).is_ready());
        let routed = async {
            scope::publish_route(Name::new("/inbox"));
            spin(Duration::from_millis(20));
        };
        assert!(poll(pin!(stages.time(DB_QUERY, routed))).is_ready());
    });
    let scrape = Scrape::of(&exporter);
    let inbox = [
        ("http_route", "/inbox"),
        ("worker", ""),
        ("stage", DB_QUERY),
    ];
    assert_eq!(scrape.value("stage_calls_total", &inbox), Some(1.0));
    assert!(scrape.value("stage_seconds_total", &inbox) >= Some(0.02));
    let early = [
        ("http_route", "unmatched"),
        ("worker", ""),
        ("stage", FETCH),
    ];
    assert_eq!(scrape.value("stage_calls_total", &early), Some(1.0));
    let of_stage = [("stage", DB_QUERY)];
    assert_eq!(
        scrape.value("stage_duration_seconds_count", &of_stage),
        Some(1.0)
    );
    assert!(scrape.value("stage_duration_seconds_sum", &of_stage) >= Some(0.02));
    assert_eq!(scrape.sum("stage_calls_total", &[]), 2.0);
}

#[test]
fn a_stage_of_a_job_counts_for_its_worker() {
    let exporter = exporter();
    let stages = Stages::on(&exporter);
    within(&mut Scope::worker(Name::new("deliver")), || {
        drop(stages.begin(FETCH));
    });
    let deliver = [("http_route", ""), ("worker", "deliver"), ("stage", FETCH)];
    let scrape = Scrape::of(&exporter);
    assert_eq!(scrape.value("stage_calls_total", &deliver), Some(1.0));
}

#[test]
fn outside_of_any_scope_nothing_is_recorded() {
    let exporter = exporter();
    let stages = Stages::on(&exporter);
    drop(stages.begin(RENDER));
    assert!(poll(pin!(stages.time(RENDER, ready(())))).is_ready());
    let scrape = Scrape::of(&exporter);
    assert_eq!(scrape.sum("stage_duration_seconds_count", &[]), 0.0);
    assert!(!scrape.has("stage_calls_total"));
}

#[test]
fn stages_within_stages_count_each_for_itself() {
    let exporter = exporter();
    let stages = Stages::on(&exporter);
    within(&mut route("/home"), || {
        let outer = stages.time(RENDER, async {
            let _query = stages.begin(DB_QUERY);
            spin(Duration::from_millis(10));
        });
        assert!(poll(pin!(outer)).is_ready());
    });
    let scrape = Scrape::of(&exporter);
    let seconds = |stage| {
        scrape
            .value("stage_seconds_total", &[("stage", stage)])
            .unwrap()
    };
    assert!(seconds(DB_QUERY) >= 0.01);
    assert!(seconds(RENDER) >= seconds(DB_QUERY));
}

#[test]
fn what_is_cancelled_outside_of_its_scope_counts_until_then_where_it_was() {
    let exporter = exporter();
    let stages = Stages::on(&exporter);
    let mut scope = Scope::request(None);
    let mut polls = 0;
    let hanging = poll_fn(|_| {
        polls += 1;
        if polls == 2 {
            scope::publish_route(Name::new("/cancelled"));
        }
        Poll::<()>::Pending
    });
    let mut hanging = Box::pin(stages.time(DB_WAIT, hanging));
    assert!(within(&mut scope, || poll(hanging.as_mut())).is_pending());
    assert!(within(&mut scope, || poll(hanging.as_mut())).is_pending());
    assert!(!Scrape::of(&exporter).has("stage_calls_total"));
    spin(Duration::from_millis(10));
    // In somebody else's scope.
    within(&mut Scope::worker(Name::new("sweep")), || drop(hanging));
    let scrape = Scrape::of(&exporter);
    let cancelled = [
        ("http_route", "/cancelled"),
        ("worker", ""),
        ("stage", DB_WAIT),
    ];
    assert_eq!(scrape.value("stage_calls_total", &cancelled), Some(1.0));
    assert!(scrape.value("stage_seconds_total", &cancelled) >= Some(0.01));
    assert_eq!(scrape.sum("stage_calls_total", &[]), 1.0);
}

#[test]
fn what_panics_counts_until_then() {
    let exporter = exporter();
    let stages = Stages::on(&exporter);
    let mut scope = route("/panics");
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _entered = scope.enter();
        let future = stages.time(DB_QUERY, async {
            let _render = stages.begin(RENDER);
            panic!("within");
        });
        poll(pin!(future))
    }));
    assert!(panicked.is_err());
    let scrape = Scrape::of(&exporter);
    for stage in [DB_QUERY, RENDER] {
        let of_stage = [("http_route", "/panics"), ("stage", stage)];
        assert_eq!(
            scrape.value("stage_calls_total", &of_stage),
            Some(1.0),
            "{stage}"
        );
    }
}

#[test]
fn what_is_never_polled_is_not_counted() {
    let exporter = exporter();
    let stages = Stages::on(&exporter);
    within(&mut route("/home"), || {
        drop(stages.time(FETCH, pending::<()>()))
    });
    assert!(!Scrape::of(&exporter).has("stage_calls_total"));
}

#[test]
fn stages_past_the_cap_share_one_name_and_are_counted_as_overflow() {
    let exporter = exporter();
    let stages = Stages::on(&exporter);
    within(&mut route("/home"), || {
        for n in 0..600 {
            let name: &'static str = Box::leak(format!("stage_{n}").into_boxed_str());
            drop(stages.begin(name));
        }
    });
    let scrape = Scrape::of(&exporter);
    let calls = |stage| scrape.value("stage_calls_total", &[("stage", stage)]);
    assert_eq!(calls("stage_0"), Some(1.0));
    assert_eq!(calls("_other"), Some(88.0));
    assert_eq!(scrape.sum("stage_calls_total", &[]), 600.0);
    let overflow = [("metric", "stage_duration_seconds")];
    assert!(scrape.value("exporter_overflow_total", &overflow) >= Some(88.0));
}

#[test]
fn routes_workers_and_stages_of_one_name_are_kept_apart() {
    let exporter = exporter();
    let stages = Stages::on(&exporter);
    let name = Name::new(FETCH);
    let scopes = [
        (Scope::request(None), "unmatched", ""),
        (Scope::request(Some(name)), FETCH, ""),
        (Scope::request(Some(Name::new(RENDER))), RENDER, ""),
        (Scope::worker(name), "", FETCH),
    ];
    for times in 1..=2 {
        for (mut scope, route, worker) in scopes {
            for stage in [FETCH, RENDER] {
                within(&mut scope, || drop(stages.begin(stage)));
                let labels = [("http_route", route), ("worker", worker), ("stage", stage)];
                let calls = Scrape::of(&exporter).value("stage_calls_total", &labels);
                assert_eq!(calls, Some(f64::from(times)), "{labels:?}");
            }
        }
    }
}

#[test]
fn two_exporters_are_kept_apart() {
    let (one, other) = (exporter(), exporter());
    let stages = Stages::on(&one);
    within(&mut route("/home"), || drop(stages.begin(FETCH)));
    assert_eq!(Scrape::of(&one).sum("stage_calls_total", &[]), 1.0);
    assert!(!Scrape::of(&other).has("stage_calls_total"));
}
