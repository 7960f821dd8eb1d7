//! Names and labels that read alike are never merged, and never break a scrape.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Exporter, Label, Metric};
use metrics::{counter, gauge, histogram, with_local_recorder};

fn recorded(record: impl FnOnce()) -> (String, Scrape) {
    let exporter = Exporter::builder().build().unwrap();
    with_local_recorder(&exporter.recorder(), record);
    let text = exporter.render();
    let scrape = Scrape::parse(&text);
    (text, scrape)
}

fn overflow(scrape: &Scrape, metric: &str) -> Option<f64> {
    scrape.value("exporter_overflow_total", &[("metric", metric)])
}

#[test]
fn of_two_names_that_read_alike_the_second_is_refused() {
    let (_, scrape) = recorded(|| {
        counter!("a.b").increment(1);
        counter!("a_b").increment(10);
    });
    assert_eq!(scrape.value("a_b", &[]), Some(1.0));
    assert_eq!(overflow(&scrape, "a_b"), Some(1.0));
}

#[test]
fn of_two_kinds_under_one_name_the_second_is_refused() {
    let (text, scrape) = recorded(|| {
        counter!("load").increment(1);
        gauge!("load").set(7.0);
    });
    assert_eq!(scrape.value("load", &[]), Some(1.0));
    assert_eq!(text.matches("# TYPE load ").count(), 1);
}

#[test]
fn a_part_of_a_histogram_is_taken() {
    let (_, scrape) = recorded(|| {
        histogram!("wait_seconds").record(0.3);
        counter!("wait_seconds_count").increment(99);
        gauge!("posts").set(1.0);
        counter!("posts_total").increment(99);
    });
    assert_eq!(scrape.value("wait_seconds_count", &[]), Some(1.0));
    assert!(
        !scrape.has("posts_total"),
        "in OpenMetrics both would be called posts"
    );
}

#[test]
fn labels_whose_keys_read_alike_are_refused() {
    let (_, scrape) = recorded(|| {
        counter!("seen", "x.y" => "1", "x_y" => "2").increment(1);
        counter!("seen", "__name__" => "evil").increment(1);
        histogram!("took", "le" => "1").record(1.0);
    });
    assert!(!scrape.has("seen") && !scrape.has("took_count"));
    assert_eq!(overflow(&scrape, "seen"), Some(2.0));
    assert_eq!(overflow(&scrape, "took"), Some(1.0));
}

#[test]
fn labels_in_another_order_are_the_same_series() {
    let (_, scrape) = recorded(|| {
        counter!("seen", "a" => "1", "b" => "2").increment(1);
        counter!("seen", "b" => "2", "a" => "1").increment(1);
    });
    assert_eq!(scrape.value("seen", &[("a", "1"), ("b", "2")]), Some(2.0));
}

#[test]
fn values_that_differ_stay_apart_whatever_they_hold() {
    let values = [
        "plain", "a\"b", "a\\\"b", "a\nb", "a\\nb", "\\", " ", "}", "{", "é", "日本",
    ];
    let (_, scrape) = recorded(|| {
        values
            .iter()
            .for_each(|value| counter!("seen", "v" => *value).increment(1))
    });
    for value in values {
        assert_eq!(
            scrape.value("seen", &[("v", value)]),
            Some(1.0),
            "{value:?}"
        );
    }
}

#[test]
fn a_label_without_a_value_is_none() {
    let (text, scrape) = recorded(|| {
        counter!("seen").increment(1);
        counter!("seen", "a" => "").increment(2);
        counter!("seen", "a" => "", "b" => "x").increment(4);
        counter!("seen", "b" => "x").increment(8);
    });
    assert!(text.contains("\nseen 3\n"), "{text}");
    assert_eq!(scrape.value("seen", &[("b", "x")]), Some(12.0));
    assert_eq!(scrape.matching("seen", &[]).count(), 2);
}

#[test]
fn a_host_cannot_write_into_our_metrics_by_their_name() {
    static OURS: Metric = Metric::counter("demo_ours_total", "Ours.");
    let exporter = Exporter::builder().build().unwrap();
    exporter.sink().counter(&OURS, &[]).increment(1);
    with_local_recorder(&exporter.recorder(), || {
        counter!("demo_ours_total", "path" => "/etc/passwd").increment(5)
    });
    assert_eq!(
        Scrape::of(&exporter).value("demo_ours_total", &[]),
        Some(1.0)
    );
    assert_eq!(
        Scrape::of(&exporter)
            .matching("demo_ours_total", &[])
            .count(),
        1
    );
}

#[test]
fn of_two_declarations_of_one_name_the_second_is_refused() {
    const NAME: &str = "demo_declared_total";
    static PLAIN: Metric = Metric::counter(NAME, "Ours.").labels(&[Label::open("route")]);
    static ALIKE: Metric = Metric::counter(NAME, "Ours.").labels(&[Label::open("route")]);
    static OTHER: Metric = Metric::counter(NAME, "Ours.").labels(&[Label::open("worker")]);
    let exporter = Exporter::builder().build().unwrap();
    for metric in [&PLAIN, &OTHER, &ALIKE] {
        exporter.sink().counter(metric, &["/"]).increment(1);
    }
    let scrape = Scrape::of(&exporter);
    assert_eq!(scrape.value(NAME, &[("route", "/")]), Some(2.0));
    assert_eq!(
        scrape.matching(NAME, &[]).count(),
        1,
        "and none under another label"
    );
    assert_eq!(overflow(&scrape, NAME), Some(1.0));
}

#[test]
fn the_same_numbers_are_the_same_bytes() {
    let record = |order: &[usize]| {
        let exporter = Exporter::builder().build().unwrap();
        with_local_recorder(&exporter.recorder(), || {
            for n in order {
                counter!(format!("seen_{}_total", n % 3), "n" => n.to_string()).increment(1);
            }
        });
        let text = exporter.render();
        text.lines()
            .filter(|line| line.contains("seen_"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(record(&[0, 1, 2, 3, 4, 5]), record(&[5, 4, 3, 2, 1, 0]));
}
