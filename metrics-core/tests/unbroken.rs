//! No string, number or order of calls breaks a scrape.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod strange;

use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Caps, Collector, Exporter, Format, Label, Metric, Samples};
use metrics::{counter, gauge, histogram, with_local_recorder};
use proptest::collection::vec;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_called_every_line_is_read_and_every_series_is_there_once(bytes in vec(any::<u8>(), 0..1_500)) {
        let exporter = strange::exporter(&bytes);
        for format in [Format::Text, Format::OpenMetrics] {
            let text = exporter.render_as(format);
            prop_assert_eq!(strange::findings(&text, format), Vec::<String>::new(), "{}", text);
        }
    }
}

/// Both texts of what was recorded, each judged.
fn texts(exporter: &Exporter) -> [String; 2] {
    [Format::Text, Format::OpenMetrics].map(|format| {
        let text = exporter.render_as(format);
        assert_eq!(
            strange::findings(&text, format),
            Vec::<String>::new(),
            "{text}"
        );
        text
    })
}

fn exporter() -> Exporter {
    Exporter::builder().build().unwrap()
}

fn recorded(record: impl FnOnce()) -> [String; 2] {
    let exporter = exporter();
    with_local_recorder(&exporter.recorder(), record);
    texts(&exporter)
}

struct Reads(Vec<(&'static Metric, Vec<&'static str>, f64)>);

impl Collector for Reads {
    fn name(&self) -> &'static str {
        "reads"
    }

    fn collect(&self, samples: &mut Samples) {
        for (metric, values, value) in &self.0 {
            samples.add(metric, values, *value);
        }
    }
}

#[test]
fn a_metric_that_is_called_total_and_nothing_else_is_refused() {
    let [text, _] = recorded(|| {
        counter!(".total").increment(1);
        counter!("seen_total").increment(1);
    });
    assert!(!text.contains("\n_total"), "{text}");
    assert!(text.contains("\nseen_total 1\n"), "{text}");
}

#[test]
fn a_counter_that_grows_by_fractions_never_falls() {
    static SPENT: Metric = Metric::fractional_counter("demo_spent_seconds_total", "Spent.");
    let exporter = exporter();
    let spent = exporter.sink().gauge(&SPENT, &[]);
    spent.increment(2.5);
    spent.decrement(5.0);
    spent.set(-7.0);
    assert!(texts(&exporter)[0].contains("\ndemo_spent_seconds_total 2.5\n"));
}

#[test]
fn a_histogram_that_went_below_zero_has_no_sum_where_that_is_forbidden() {
    let [text, open] = recorded(|| histogram!("demo_skew_seconds").record(-0.5));
    assert!(text.contains("\ndemo_skew_seconds_sum -0.5\n"), "{text}");
    assert!(text.contains("\ndemo_skew_seconds_count 1\n"), "{text}");
    assert!(!open.contains("demo_skew_seconds_sum"), "{open}");
    assert!(
        open.contains("\ndemo_skew_seconds_bucket{le=\"+Inf\"} 1\n"),
        "{open}"
    );
}

#[test]
fn what_a_collector_reads_takes_no_name_that_is_taken() {
    static COUNT: Metric = Metric::gauge("demo_wait_seconds_count", "Clashes.").at_scrape();
    static READ: Metric = Metric::gauge("demo_read", "Does not.").at_scrape();
    let builder =
        Exporter::builder().collect(Reads(vec![(&COUNT, vec![], 7.0), (&READ, vec![], 1.0)]));
    let exporter = builder.build().unwrap();
    with_local_recorder(&exporter.recorder(), || {
        histogram!("demo_wait_seconds").record(1.0);
    });
    let [text, _] = texts(&exporter);
    assert!(text.contains("\ndemo_wait_seconds_count 1\n"), "{text}");
    assert!(text.contains("\ndemo_read 1\n"), "{text}");
}

#[test]
fn a_histogram_cannot_be_read_at_scrape_nor_can_a_counter_that_is_below_zero() {
    static WAITS: Metric = Metric::histogram("demo_waits", "Waits.", &[1.0]).at_scrape();
    static LOST: Metric = Metric::counter("demo_lost_total", "Lost.").at_scrape();
    let builder =
        Exporter::builder().collect(Reads(vec![(&WAITS, vec![], 7.0), (&LOST, vec![], -1.0)]));
    let [text, _] = texts(&builder.build().unwrap());
    assert!(!text.contains("\ndemo_waits 7"), "{text}");
    assert!(!text.contains("\ndemo_lost_total -1"), "{text}");
}

#[test]
fn a_declaration_that_no_scraper_reads_is_refused() {
    static SPACED: Metric = Metric::gauge("demo spaced", "Its name.").at_scrape();
    static TWICE: Metric = Metric::gauge("demo_twice", "Its keys.")
        .labels(&[Label::open("a"), Label::open("a")])
        .at_scrape();
    static BOUND: Metric =
        Metric::histogram("demo_bound", "Its key.", &[1.0]).labels(&[Label::open("le")]);
    let builder = Exporter::builder().collect(Reads(vec![
        (&SPACED, vec![], 1.0),
        (&TWICE, vec!["1", "2"], 1.0),
    ]));
    let exporter = builder.build().unwrap();
    exporter.sink().histogram(&BOUND, &["1"]).record(1.0);
    let [text, _] = texts(&exporter);
    assert!(!text.contains("\ndemo"), "{text}");
    // Two at each of two scrapes, of which the second counts before it reads, and one histogram.
    let refused = [("metric", "_other")];
    assert_eq!(
        Scrape::parse(&exporter.render()).value("exporter_overflow_total", &refused),
        Some(5.0)
    );
}

#[test]
fn bounds_that_were_declared_in_disorder_are_put_in_order() {
    static ODD: Metric = Metric::histogram("demo_odd", "Odd.", &[5.0, f64::NAN, 1.0, 1.0]);
    let exporter = exporter();
    exporter.sink().histogram(&ODD, &[]).record(2.0);
    let [text, _] = texts(&exporter);
    assert!(
        text.contains("demo_odd_bucket{le=\"1\"} 0\ndemo_odd_bucket{le=\"5\"} 1\n"),
        "{text}"
    );
}

#[test]
fn a_help_text_is_cleaned_wherever_it_comes_from() {
    static RETURNS: Metric = Metric::gauge("demo_returns", "A\rB\u{2028}C");
    let exporter = exporter();
    exporter.sink().gauge(&RETURNS, &[]).set(1.0);
    assert!(texts(&exporter)[0].contains("# HELP demo_returns A\u{fffd}B\u{fffd}C\n"));
}

#[test]
fn one_name_declared_twice_is_one_metric_or_the_first_one() {
    static FIRST: Metric =
        Metric::gauge("demo_pair", "Pair.").labels(&[Label::open("a"), Label::open("b")]);
    static SECOND: Metric = Metric::gauge("demo_pair", "Pair, otherwise.")
        .labels(&[Label::open("b"), Label::open("a")]);
    let exporter = exporter();
    exporter.sink().gauge(&FIRST, &["1", "2"]).set(1.0);
    exporter.sink().gauge(&SECOND, &["2", "1"]).set(2.0);
    assert!(texts(&exporter)[0].contains("\ndemo_pair{a=\"1\",b=\"2\"} 1\n"));
}

#[test]
fn creation_is_shown_where_the_format_has_a_place_for_it_and_somebody_asked() {
    let record = || {
        counter!("demo_posts_total", "a" => "x").increment(1);
        counter!("demo_plain").increment(1);
        gauge!("demo_gauge").set(1.0);
        histogram!("demo_wait_seconds").record(1.0);
    };
    let exporter = Exporter::builder().with_created().build().unwrap();
    with_local_recorder(&exporter.recorder(), record);
    let [text, open] = texts(&exporter);
    assert!(!text.contains("_created"), "{text}");
    let created = |line: &str| {
        let number = open.lines().find_map(|found| found.strip_prefix(line));
        number
            .unwrap_or_else(|| panic!("{line}: {open}"))
            .parse::<f64>()
            .unwrap()
    };
    let posts = created("demo_posts_created{a=\"x\"} ");
    let waits = created("demo_wait_seconds_created ");
    assert!(posts > 1.7e9 && waits >= posts, "{posts} {waits}");
    assert!(!open.contains("demo_plain_created") && !open.contains("demo_gauge_created"));
    let [_, open] = recorded(record);
    assert!(!open.contains("_created"), "{open}");
}

#[test]
fn new_names_are_refused_past_their_cap_and_known_ones_still_count() {
    let caps = Caps {
        foreign_metrics: 10,
        ..Caps::default()
    };
    let exporter = Exporter::builder().with_caps(caps).build().unwrap();
    with_local_recorder(&exporter.recorder(), || {
        for _ in 0..2 {
            (0..1_000).for_each(|n| counter!(format!("demo_{n}_total")).increment(1));
            metrics::describe_gauge!(format!("demo_{}", "x".repeat(2_000)), "Too long.");
        }
    });
    let scrape = Scrape::parse(&texts(&exporter)[0]);
    assert_eq!(scrape.value("demo_9_total", &[]), Some(2.0));
    assert!(!scrape.has("demo_10_total"));
    assert_eq!(
        scrape.value("exporter_overflow_total", &[("metric", "_other")]),
        Some(2.0 * 991.0)
    );
}

#[test]
fn a_text_of_another_library_is_held_to_the_same() {
    struct Appends;
    impl Collector for Appends {
        fn name(&self) -> &'static str {
            "appends"
        }
        fn collect(&self, samples: &mut Samples) {
            samples.append_text(
                "# TYPE _total counter\n_total 1\n# TYPE app_a_total counter\napp_a_total -1\napp_a_total{v=\"\"} 1\n\
                 # TYPE app_h histogram\napp_h_bucket{le=\"-1\"} 1\napp_h_bucket{le=\"+Inf\"} 1\napp_h_sum -2\napp_h_count 1\n\
                 # TYPE app_ok gauge\napp_ok 1\napp_ok{v=\"\"} 1\n",
            );
        }
    }
    let [text, _] = texts(&Exporter::builder().collect(Appends).build().unwrap());
    assert!(text.contains("\napp_ok 1\n"), "{text}");
}
