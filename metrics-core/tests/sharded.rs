//! A metric with a cell for each shard of threads reads as one with a single cell does.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread;

use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Exporter, Label, Metric, Shard, Sink};
use metrics::Gauge;

static SEEN: Metric = Metric::counter("demo_seen_total", "Seen.")
    .labels(&[Label::closed("kind", &["note", "like"])])
    .sharded();
static SPENT: Metric = Metric::fractional_counter("demo_spent_seconds_total", "Spent.").sharded();
static OPEN: Metric = Metric::gauge("demo_open", "Open.").sharded();
static TOOK: Metric = Metric::histogram("demo_took_seconds", "Took.", &[1.0]).sharded();

fn exporter() -> Exporter {
    Exporter::builder().build().unwrap()
}

/// Runs this on so many threads, each with a sink of its own shard.
fn on_threads(threads: usize, exporter: &Exporter, run: impl Fn(Sink) + Sync) {
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| run(exporter.sink().on_shard(Shard::mine())));
        }
    });
}

#[test]
fn what_all_threads_record_is_one_series_of_each_kind() {
    let exporter = exporter();
    on_threads(12, &exporter, |sink| {
        for _ in 0..1000 {
            sink.counter(&SEEN, &["note"]).increment(1);
            sink.gauge(&SPENT, &[]).increment(0.25);
            sink.gauge(&OPEN, &[]).increment(1.0);
            sink.histogram(&TOOK, &[]).record(0.5);
        }
    });
    let text = exporter.render();
    for line in [
        "demo_seen_total{kind=\"note\"} 12000",
        "demo_spent_seconds_total 3000",
        "demo_open 12000",
        "demo_took_seconds_sum 6000",
        "demo_took_seconds_count 12000",
    ] {
        assert_eq!(
            text.lines().filter(|other| *other == line).count(),
            1,
            "{line} in {text}"
        );
    }
    let series = [("metric", "demo_seen_total")];
    assert_eq!(
        Scrape::of(&exporter).value("exporter_series", &series),
        Some(1.0)
    );
}

#[test]
fn who_names_no_shard_counts_in_the_same_series() {
    let exporter = exporter();
    exporter.sink().counter(&SEEN, &["like"]).increment(2);
    on_threads(2, &exporter, |sink| {
        sink.counter(&SEEN, &["like"]).increment(3)
    });
    exporter.sink().counter(&SEEN, &["like"]).increment(4);
    let like = [("kind", "like")];
    assert_eq!(
        Scrape::of(&exporter).value("demo_seen_total", &like),
        Some(12.0)
    );
}

#[test]
fn a_gauge_is_absent_only_where_no_shard_has_a_number() {
    let exporter = exporter();
    let value = || Scrape::of(&exporter).value("demo_open", &[]);
    on_threads(3, &exporter, |sink| sink.gauge(&OPEN, &[]).set(f64::NAN));
    assert_eq!(value(), None);
    on_threads(1, &exporter, |sink| sink.gauge(&OPEN, &[]).set(2.0));
    assert_eq!(value(), Some(2.0));
}

#[test]
fn what_one_thread_raises_and_another_lowers_never_reads_less_than_there_is() {
    let exporter = exporter();
    let over = AtomicBool::new(false);
    let (give, take) = sync_channel::<Gauge>(4);
    thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..200_000 {
                let open = exporter.sink().on_shard(Shard::mine()).gauge(&OPEN, &[]);
                open.increment(1.0);
                give.send(open).unwrap();
            }
            drop(give);
        });
        scope.spawn(|| {
            take.into_iter().for_each(|open| open.decrement(1.0));
            over.store(true, Ordering::Relaxed);
        });
        while !over.load(Ordering::Relaxed) {
            let open = Scrape::of(&exporter).value("demo_open", &[]);
            // One is being raised, four are on their way, one is being lowered.
            assert!(
                open.is_none_or(|open| (0.0..=6.0).contains(&open)),
                "{open:?}"
            );
        }
    });
    assert_eq!(Scrape::of(&exporter).value("demo_open", &[]), Some(0.0));
}

#[test]
fn a_sum_is_no_infinity_either() {
    let exporter = exporter();
    on_threads(3, &exporter, |sink| {
        sink.gauge(&OPEN, &[]).set(-f64::MAX);
        sink.gauge(&SPENT, &[]).set(f64::MAX);
    });
    let scrape = Scrape::of(&exporter);
    assert_eq!(scrape.value("demo_open", &[]), Some(-f64::MAX));
    assert_eq!(
        scrape.value("demo_spent_seconds_total", &[]),
        Some(f64::MAX)
    );
}
