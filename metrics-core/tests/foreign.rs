//! Foreign text: nothing in it can break a scrape.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

use std::collections::HashSet;

use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Caps, Collector, Exporter, Format, Metric, Samples};
use metrics::with_local_recorder;
use proptest::prelude::*;

struct Registry(String);

impl Collector for Registry {
    fn name(&self) -> &'static str {
        "registry"
    }

    fn collect(&self, samples: &mut Samples) {
        samples.append_text(self.0.as_str());
    }
}

fn exporter(text: &str) -> Exporter {
    Exporter::builder()
        .collect(Registry(text.to_owned()))
        .build()
        .unwrap()
}

fn left_out(scrape: &Scrape, why: &str) -> f64 {
    scrape
        .value("exporter_foreign_left_out_total", &[("why", why)])
        .unwrap()
}

const WHOLE: &str = r#"# HELP app_posts_total Posts, by "kind".
# TYPE app_posts_total counter
app_posts_total{kind="a\"b\\c\nd"} 3
app_posts_total{kind="note"} 4 1700000000000
# TYPE app_wait_seconds histogram
app_wait_seconds_bucket{le="+Inf"} 5
app_wait_seconds_bucket{le="0.10"} 2
app_wait_seconds_sum 1.5
app_wait_seconds_count 5
# TYPE app_size_bytes summary
app_size_bytes{quantile="0.5"} 10
app_size_bytes_sum 100
app_size_bytes_count 9
# TYPE app_depth gauge
app_depth -1.5
app_loose 8
"#;

#[test]
fn a_whole_text_is_shown_as_it_was_meant() {
    let text = exporter(WHOLE).render();
    let end = text.find("# TYPE app_depth").unwrap();
    assert_eq!(
        &text[end..],
        r#"# TYPE app_depth gauge
app_depth -1.5
# TYPE app_loose untyped
app_loose 8
# HELP app_posts_total Posts, by "kind".
# TYPE app_posts_total counter
app_posts_total{kind="a\"b\\c\nd"} 3
app_posts_total{kind="note"} 4
# TYPE app_size_bytes summary
app_size_bytes{quantile="0.5"} 10
app_size_bytes_sum 100
app_size_bytes_count 9
# TYPE app_wait_seconds histogram
app_wait_seconds_bucket{le="0.1"} 2
app_wait_seconds_bucket{le="+Inf"} 5
app_wait_seconds_sum 1.5
app_wait_seconds_count 5
"#
    );
}

#[test]
fn open_metrics_names_them_as_it_must() {
    let text = exporter(WHOLE).render_as(Format::OpenMetrics);
    assert!(text.contains(
        "# HELP app_posts Posts, by \\\"kind\\\".\n# TYPE app_posts counter\napp_posts_total{"
    ));
    assert!(text.contains("# TYPE app_loose unknown\napp_loose 8\n"));
    assert!(text.ends_with("\n# EOF\n"));
    let text = exporter("# TYPE posts counter\nposts 1\n").render_as(Format::OpenMetrics);
    assert!(text.contains("# TYPE posts unknown\nposts 1\n"));
}

#[test]
fn our_names_stand_and_so_do_those_that_came_first() {
    static OURS: Metric = Metric::histogram("app_wait_seconds", "How long.", &[1.0]).seconds();
    let exporter = exporter(
        "# TYPE app_wait_seconds_count gauge\napp_wait_seconds_count 9\n\
         # TYPE app_b histogram\napp_b_bucket{le=\"+Inf\"} 1\napp_b_sum 1\n\
         # TYPE app_b_count counter\napp_b_count 1\n\
         # TYPE exporter_series gauge\nexporter_series 1\n\
         demo_total 5\n",
    );
    exporter.sink().histogram(&OURS, &[]).record(0.5);
    with_local_recorder(&exporter.recorder(), || {
        metrics::counter!("demo_total").increment(1);
    });
    for scrapes in 1..=2_u8 {
        let scrape = Scrape::of(&exporter);
        assert_eq!(scrape.value("app_wait_seconds_count", &[]), Some(1.0));
        assert_eq!(scrape.value("demo_total", &[]), Some(1.0));
        assert_eq!(scrape.value("app_b_count", &[]), Some(1.0));
        assert_eq!(
            left_out(&scrape, "taken"),
            4.0 * f64::from(scrapes),
            "the gauge, the counter, exporter_series and demo_total: {scrape:?}"
        );
    }
}

#[test]
fn broken_lines_are_left_out_and_counted() {
    let scrape = Scrape::of(&exporter(
        "ok 1\nok 2\nbroken{ 1\nbroken{a=\"b\"} x\n# TYPE ok gauge\n# TYPE h histogram\nh 1\nh_bucket{le=\"1\"} 1\n\
         # TYPE down_total counter\ndown_total -1\n\0\n",
    ));
    assert_eq!(scrape.value("ok", &[]), Some(1.0));
    assert!(!scrape.has("h_bucket") && !scrape.has("broken") && !scrape.has("down_total"));
    assert_eq!(left_out(&scrape, "duplicate"), 1.0);
    assert_eq!(left_out(&scrape, "malformed"), 7.0);
}

#[test]
fn no_more_lines_are_taken_than_a_scrape_may_have() {
    let caps = Caps {
        lines: 10,
        ..Caps::default()
    };
    let many: String = (0..11).map(|n| format!("many{{n=\"{n}\"}} 1\n")).collect();
    let exporter = Exporter::builder()
        .with_caps(caps)
        .collect(Registry(format!("few 1\n{many}")))
        .build()
        .unwrap();
    let scrape = Scrape::of(&exporter);
    assert!(scrape.has("few") && !scrape.has("many"));
    assert_eq!(left_out(&scrape, "cap"), 11.0);
}

#[test]
fn an_exporter_without_foreign_text_says_nothing_of_it() {
    let exporter = Exporter::builder().build().unwrap();
    assert!(!Scrape::of(&exporter).has("exporter_foreign_left_out_total"));
}

/// Lines that are nearly right.
fn nearly() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec![
        "a",
        "a_total",
        "a_count",
        "a_bucket",
        "b",
        "exporter_series",
    ]);
    let kind = prop::sample::select(vec![
        "counter",
        "gauge",
        "histogram",
        "summary",
        "untyped",
        "x",
    ]);
    let label = prop::sample::select(vec!["le", "quantile", "x", "x-y", "__name__"]);
    let value = prop::sample::select(vec!["1", "0.5", "+Inf", "-Inf", "NaN", "-1", "", "1e400"]);
    prop_oneof![
        (name.clone(), kind).prop_map(|(name, kind)| format!("# TYPE {name} {kind}\n")),
        (name.clone(), value.clone()).prop_map(|(name, value)| format!("{name} {value}\n")),
        (name, label, value.clone(), value)
            .prop_map(|(name, label, of, value)| format!("{name}{{{label}=\"{of}\"}} {value}\n")),
        ".{0,20}\n",
    ]
}

proptest! {
    #[test]
    fn whatever_it_holds_every_line_parses_and_every_series_is_unique(
        lines in prop::collection::vec(nearly(), 0..40)
    ) {
        let exporter = exporter(&lines.concat());
        for format in [Format::Text, Format::OpenMetrics] {
            let text = exporter.render_as(format);
            let samples = text.lines().filter(|line| !line.starts_with('#'));
            let scrape = Scrape::parse(&text);
            prop_assert_eq!(samples.count(), scrape.len());
            let mut series = HashSet::new();
            for sample in scrape.samples() {
                prop_assert!(series.insert((&sample.name, &sample.labels)), "{:?} twice", sample);
            }
            let mut families = HashSet::new();
            for line in text.lines().filter(|line| line.starts_with("# TYPE ")) {
                prop_assert!(families.insert(line.split(' ').nth(2).unwrap().to_owned()), "{} twice", line);
            }
        }
    }
}
