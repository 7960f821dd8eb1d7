//! METRICS.md says what the constants say.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use fedimetrics_contract::{catalogue, document};
use fedimetrics_core::{Kind, Label, Metric, Unit};

#[test]
fn metrics_md_is_what_the_constants_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../METRICS.md");
    let written = fs::read_to_string(path).unwrap_or_default();
    let generated = document::text();
    let differs = written
        .lines()
        .zip(generated.lines())
        .position(|(written, generated)| written != generated)
        .unwrap_or_else(|| written.lines().count().min(generated.lines().count()));
    assert!(
        written == generated,
        "METRICS.md is not up to date from line {} on: {}",
        differs + 1,
        document::COMMAND
    );
}

#[test]
fn no_name_is_declared_twice() {
    let mut names = HashSet::new();
    let twice: Vec<_> = catalogue::all()
        .map(Metric::name)
        .filter(|name| !names.insert(*name))
        .collect();
    assert!(twice.is_empty(), "{twice:?}");
}

#[test]
fn every_name_says_its_kind_and_its_unit() {
    for metric in catalogue::all() {
        let name = metric.name();
        let counts = matches!(metric.kind(), Kind::Counter | Kind::FractionalCounter);
        assert_eq!(name.ends_with("_total"), counts, "{name}");
        let stem = name.strip_suffix("_total").unwrap_or(name);
        match metric.unit() {
            Unit::Count => assert!(!stem.ends_with("_seconds"), "{name}"),
            unit => assert!(
                stem.ends_with(unit.as_str()),
                "{name} is in {}",
                unit.as_str()
            ),
        }
        assert!(
            metric.help().ends_with('.'),
            "{name} does not say what it means in a sentence"
        );
    }
}

#[test]
fn no_label_is_one_that_prometheus_keeps_for_itself() {
    for metric in catalogue::all() {
        for key in metric.label_keys().iter().map(Label::key) {
            let reserved =
                ["job", "instance", "le", "quantile"].contains(&key) || key.starts_with("__");
            assert!(!reserved, "{} has a label {key}", metric.name());
        }
    }
}

#[test]
fn every_bucket_can_be_told_from_the_next() {
    for metric in catalogue::all().filter(|metric| metric.kind() == Kind::Histogram) {
        let bounds = metric.buckets();
        assert!(!bounds.is_empty(), "{} has no buckets", metric.name());
        assert!(
            bounds.is_sorted_by(|low, high| low < high),
            "{}",
            metric.name()
        );
    }
}
