//! Strange input before foreign judges: promtool, a real Prometheus, and both parsers of the Python client.

#[path = "../../../metrics-core/tests/strange/mod.rs"]
mod strange;

use std::collections::HashSet;

use fedimetrics_contract::{Prometheus, Served, parse_error, python_error};
use fedimetrics_core::{Exporter, Format};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// So many exporters at once: starting a judge takes longer than judging.
const BATCH: usize = 40;

/// What was recorded strangely, the same in each run.
fn exporters() -> Vec<Exporter> {
    let mut runner = TestRunner::deterministic();
    (0..BATCH)
        .map(|_| {
            let bytes = vec(any::<u8>(), 0..1_500).new_tree(&mut runner).unwrap();
            strange::exporter(&bytes.current())
        })
        .collect()
}

#[test]
fn promtool_reads_what_was_recorded_strangely() {
    for exporter in exporters() {
        let text = exporter.render();
        assert_eq!(strange::findings(&text, Format::Text), Vec::<String>::new());
        assert_eq!(parse_error(&text), None, "{text}");
    }
}

#[test]
fn the_python_client_reads_what_was_recorded_strangely_in_both_formats() {
    for format in [Format::Text, Format::OpenMetrics] {
        let texts: Vec<_> = exporters()
            .iter()
            .map(|exporter| exporter.render_as(format))
            .collect();
        assert_eq!(python_error(&texts, format), None);
    }
}

#[test]
fn prometheus_stores_every_line_of_what_was_recorded_strangely() {
    // One by one would take a scrape each: these are the first few.
    for exporter in exporters().into_iter().take(3) {
        for format in [Format::Text, Format::OpenMetrics] {
            let text = exporter.render_as(format);
            let samples = text.lines().filter(|line| !line.starts_with('#')).count();
            let served = Served::text(text, format.content_type());
            let prometheus = Prometheus::scraping(&served.target());
            prometheus.until(&format!("scrape_samples_scraped == {samples}"));
            prometheus.until(&format!(
                "scrape_samples_post_metric_relabeling == {samples}"
            ));
            // What it adds about each scrape itself is five series; all of ours are stored, none dropped as a duplicate.
            prometheus.until(&format!(
                "count({{__name__=~\".+\", __name__!~\"up|scrape_(duration_seconds|samples_.*|series_added)\"}}) == {samples}"
            ));
        }
    }
}

#[test]
fn the_judges_are_heard() {
    let broken = [
        "# TYPE a counter\na 1\n# EOF\n",
        "# TYPE a gauge\na{b=\"c} 1\n# EOF\n",
        "# TYPE a gauge\na 1\na 2\n# EOF\n",
        "# TYPE a gauge\na 1\n# TYPE a gauge\na 2\n# EOF\n",
    ];
    for text in broken {
        assert!(
            python_error(&[text.to_owned()], Format::OpenMetrics).is_some(),
            "{text}"
        );
    }
    assert!(python_error(&["a{b=\"c} 1 x y\n".to_owned()], Format::Text).is_some());
    assert!(parse_error("a{b=\"c} 1\n").is_some());
    assert_eq!(
        parse_error("# TYPE bad_Name counter\nbad_Name 1\n"),
        None,
        "a lint is no parse error"
    );
    let known: HashSet<_> = exporters()
        .iter()
        .map(|one| one.render().lines().count())
        .collect();
    assert!(known.len() > BATCH / 2, "the exporters hardly differ");
}
