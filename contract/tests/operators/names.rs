//! Every metric and label that a dashboard or a rule names is in the catalogue.

use fedimetrics_contract::{catalogue, promql, rules};
use fedimetrics_core::Kind;

use crate::boards;

/// What Prometheus itself makes.
const OTHERS: [&str; 3] = ["up", "scrape_duration_seconds", "ALERTS"];

/// What every series has, once it is scraped, and histograms' own.
const EVERYWHERE: [&str; 3] = ["job", "instance", "le"];

/// Why an expression names something that is not there.
fn unknown(expression: &str) -> Vec<String> {
    let named = promql::named(expression);
    let recorded: Vec<_> = rules::all().into_iter().map(|rule| rule.name).collect();
    let mut unknown = Vec::new();
    let mut labels: Vec<&str> = EVERYWHERE.to_vec();
    for (name, matched) in &named.metrics {
        if OTHERS.contains(&name.as_str()) {
            continue;
        }
        if recorded.contains(name) {
            // Its name begins with its labels: `job_queue_state:…`. They were checked where it is made.
            labels.extend(["queue", "state", "surface", "outcome"]);
            continue;
        }
        let found = catalogue::all().find(|metric| {
            let histogram = metric.kind() == Kind::Histogram;
            let series = ["_bucket", "_sum", "_count"]
                .iter()
                .any(|end| name.strip_suffix(end) == Some(metric.name()));
            if histogram {
                series
            } else {
                metric.name() == name
            }
        });
        let Some(metric) = found else {
            unknown.push(format!("no metric {name}"));
            continue;
        };
        let own: Vec<_> = metric
            .label_keys()
            .iter()
            .map(|label| label.key())
            .collect();
        for label in matched {
            if !own.contains(&label.as_str()) && !EVERYWHERE.contains(&label.as_str()) {
                unknown.push(format!("{name} has no label {label}"));
            }
        }
        labels.extend(own);
    }
    let grouped = named
        .grouped
        .iter()
        .filter(|label| !labels.contains(&label.as_str()));
    unknown.extend(grouped.map(|label| format!("nothing here has a label {label}")));
    unknown
}

#[test]
fn dashboards_name_nothing_that_is_not_in_the_catalogue() {
    for (file, panel) in boards::panels() {
        for expression in boards::expressions(&panel) {
            let unknown = unknown(&expression);
            assert!(
                unknown.is_empty(),
                "{file}, {}: {unknown:?}\n{expression}",
                panel["title"]
            );
        }
    }
}

#[test]
fn rules_name_nothing_that_is_not_in_the_catalogue() {
    for rule in rules::all() {
        let unknown = unknown(&rule.expression);
        assert!(
            unknown.is_empty(),
            "{}: {unknown:?}\n{}",
            rule.name,
            rule.expression
        );
    }
}

#[test]
fn what_is_not_in_the_catalogue_is_found() {
    let unknown =
        unknown(r#"sum by (nobody) (rate(job_finished_total{worker="x", who="y"}[5m])) + made_up"#);
    assert_eq!(
        unknown,
        [
            "job_finished_total has no label who",
            "no metric made_up",
            "nothing here has a label nobody"
        ]
    );
}
