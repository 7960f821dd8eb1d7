//! The guides speak of metrics that are there, and leave out none of what they are about.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;

use fedimetrics_core::catalogue;

const RUNTIME: [&str; 7] = [
    "allocator_",
    "cgroup_",
    "memory_",
    "pressure_",
    "process_",
    "storage_",
    "tokio_",
];

const STAGES: [&str; 4] = ["db_client_connection_", "fediverse_", "service_", "stage_"];

/// Words of the guide that begin like a metric, with what PromQL puts behind them cut off.
fn named(guide: &str, rooms: &[&str]) -> BTreeSet<String> {
    let path = format!("{}/../docs/{guide}.md", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(path).unwrap();
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    words
        .filter(|word| rooms.iter().any(|room| word.starts_with(room)))
        .filter(|word| *word != "tokio_unstable" && !LABELS.contains(word))
        .map(|word| family(word).to_owned())
        .collect()
}

/// Without what a histogram's lines end in. One gauge has a name that ends like that.
fn family(word: &str) -> &str {
    let ends = ["_sum", "_bucket", "_count"];
    let histogram = ends.iter().find_map(|end| word.strip_suffix(end));
    histogram
        .filter(|name| name.ends_with("_seconds"))
        .unwrap_or(word)
}

const LABELS: [&str; 2] = [
    "db_client_connection_pool_name",
    "db_client_connection_state",
];

fn known(rooms: &[&str]) -> BTreeSet<String> {
    catalogue::ALL
        .iter()
        .map(|metric| metric.name().to_owned())
        .filter(|name| rooms.iter().any(|room| name.starts_with(room)))
        .collect()
}

#[test]
fn the_guide_to_the_runtime_and_the_catalogue_name_the_same() {
    assert_eq!(named("runtime", &RUNTIME), known(&RUNTIME));
}

#[test]
fn the_guide_to_stages_and_pools_and_the_catalogue_name_the_same() {
    assert_eq!(named("stages-and-pools", &STAGES), known(&STAGES));
}
