//! Nothing grows: not with samples, not with what strangers send.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use allocation_counter::measure;
use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Caps, Exporter, Label, Metric};
use metrics::with_local_recorder;

static WAITS: Metric =
    Metric::histogram("demo_wait_seconds", "How long it took.", &[0.1, 1.0, 10.0])
        .seconds()
        .labels(&[Label::open("queue")]);
static REQUESTS: Metric = Metric::counter("demo_requests_total", "Requests.")
    .labels(&[
        Label::open("route"),
        Label::closed("outcome", &["ok", "error"]),
    ])
    .lazy();

#[test]
fn a_million_samples_that_nobody_scrapes_take_no_memory() {
    let exporter = Exporter::builder().build().unwrap();
    let waits = exporter.sink().histogram(&WAITS, &["mail"]);
    waits.record(0.0);
    assert_eq!(
        measure(|| (0..1_000_000_u32).for_each(|n| waits.record(f64::from(n % 20)))).count_total,
        0
    );
    let scrape = Scrape::of(&exporter);
    assert_eq!(
        scrape.value("demo_wait_seconds_count", &[("queue", "mail")]),
        Some(1_000_001.0)
    );
    assert_eq!(
        scrape.value(
            "demo_wait_seconds_bucket",
            &[("queue", "mail"), ("le", "1")]
        ),
        Some(100_001.0)
    );
}

#[test]
fn an_open_label_folds_past_its_cap_and_a_closed_one_never() {
    let exporter = Exporter::builder().build().unwrap();
    for n in 0..100_000 {
        let outcome = if n % 2 == 0 { "ok" } else { "error" };
        exporter
            .sink()
            .counter(&REQUESTS, &[&format!("/{n}"), outcome])
            .increment(1);
    }
    let scrape = Scrape::of(&exporter);
    assert_eq!(scrape.matching("demo_requests_total", &[]).count(), 512 + 2);
    assert_eq!(scrape.sum("demo_requests_total", &[]), 100_000.0);
    for outcome in ["ok", "error"] {
        let folded = scrape.value(
            "demo_requests_total",
            &[("route", "_other"), ("outcome", outcome)],
        );
        assert_eq!(folded, Some(50_000.0 - 256.0));
    }
    let overflow = scrape.value(
        "exporter_overflow_total",
        &[("metric", "demo_requests_total")],
    );
    assert_eq!(overflow, Some(100_000.0 - 512.0));
}

#[test]
fn spellings_of_one_series_are_not_collected() {
    let exporter = Exporter::builder().build().unwrap();
    let spell = |n: u32| {
        // Cleaned alike: what comes behind the cut.
        let long = format!("{}{n}", "x".repeat(300));
        metrics::counter!("demo_seen_total", "host" => long).increment(1);
    };
    with_local_recorder(&exporter.recorder(), || {
        spell(0);
        let spent = measure(|| (0..10_000).for_each(spell));
        assert_eq!(spent.bytes_current, 0);
    });
    assert_eq!(Scrape::of(&exporter).sum("demo_seen_total", &[]), 10_001.0);
}

#[test]
fn the_hosts_own_metrics_fold_as_a_whole() {
    let caps = Caps {
        foreign_series: 10,
        ..Caps::default()
    };
    let exporter = Exporter::builder().with_caps(caps).build().unwrap();
    with_local_recorder(&exporter.recorder(), || {
        for n in 0..1000 {
            metrics::counter!("demo_views_total", "page" => n.to_string()).increment(1);
        }
    });
    let scrape = Scrape::of(&exporter);
    assert_eq!(scrape.matching("demo_views_total", &[]).count(), 11);
    assert_eq!(
        scrape.value("demo_views_total", &[("page", "_other")]),
        Some(990.0)
    );
}

#[test]
fn lazy_series_fold_when_the_scrape_is_full_and_declared_ones_are_never_refused() {
    static DECLARED: Metric =
        Metric::gauge("demo_declared", "Declared.").labels(&[Label::open("name")]);
    let caps = Caps {
        lines: 1,
        ..Caps::default()
    };
    let exporter = Exporter::builder().with_caps(caps).build().unwrap();
    for name in ["a", "b", "c", "d", "e"] {
        exporter.sink().gauge(&DECLARED, &[name]).set(1.0);
        exporter
            .sink()
            .counter(&REQUESTS, &[name, "ok"])
            .increment(1);
    }
    let scrape = Scrape::of(&exporter);
    assert_eq!(scrape.matching("demo_declared", &[]).count(), 5);
    assert_eq!(
        scrape.value(
            "demo_requests_total",
            &[("route", "_other"), ("outcome", "ok")]
        ),
        Some(5.0)
    );
}
