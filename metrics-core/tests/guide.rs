//! docs/runtime.md speaks of metrics that are there, and leaves out none of a runtime.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;

use fedimetrics_core::catalogue;

const ROOMS: [&str; 8] = [
    "allocator_",
    "cgroup_",
    "memory_",
    "pressure_",
    "process_",
    "storage_",
    "tokio_",
    "service_",
];

/// Words of the guide that begin like a metric, with what PromQL puts behind them cut off.
fn named() -> BTreeSet<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/runtime.md");
    let text = fs::read_to_string(path).unwrap();
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    words
        .filter(|word| ROOMS.iter().any(|room| word.starts_with(room)))
        .filter(|word| *word != "tokio_unstable")
        .map(|word| word.trim_end_matches("_sum").to_owned())
        .collect()
}

#[test]
fn the_guide_and_the_catalogue_name_the_same() {
    let known: BTreeSet<String> = catalogue::ALL
        .iter()
        .map(|metric| metric.name().to_owned())
        .filter(|name| ROOMS.iter().any(|room| name.starts_with(room)))
        // That one is about deploys.
        .filter(|name| name != "service_build_info")
        .collect();
    assert_eq!(named(), known);
}
