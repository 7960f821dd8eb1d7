//! What dashboards, rules and alerts ask, asked of two processes under traffic: a Prometheus and a VictoriaMetrics answer.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests end where something is not as it should be"
)]

mod asked;
mod faults;
#[path = "../process/mod.rs"]
mod process;
mod seen;

use std::sync::LazyLock;

use fedimetrics_contract::dashboards;
use seen::Seen;

/// What is empty although all is well, by what its place begins with, and why.
const EMPTY: [(&str, &str); 10] = [
    ("overview.json, OOM kills", "needs a control group"),
    ("overview.json, Throttled", "needs a control group"),
    ("overview.json, Shares of limits: memory", "needs a limit"),
    ("http.json, Failed by route", "nothing fails: see FAULT"),
    ("jobs.json, Peers", "for servers with a worker per peer"),
    ("runtime.json, CPU: quota", "needs a control group"),
    (
        "runtime.json, Memory",
        "needs a control group, jemalloc or a component",
    ),
    (
        "runtime.json, Throttled, OOM kills",
        "needs a control group",
    ),
    ("runtime.json, Collectors that fail", "none does"),
    ("runtime.json, Overflow by metric", "no cap is reached"),
];

/// One run for all tests: a server takes its process' recorder.
static SEEN: LazyLock<Seen> = LazyLock::new(Seen::gather);

#[test]
fn every_query_of_every_dashboard_rule_and_alert_is_understood_by_both() {
    assert!(SEEN.asked > 200, "{}", SEEN.asked);
    assert!(SEEN.refused.is_empty(), "{}", SEEN.refused.join("\n"));
}

#[test]
fn whatever_is_asked_returns_data_of_both() {
    assert!(SEEN.empty.is_empty(), "{}", SEEN.empty.join("\n"));
}

#[test]
fn what_is_empty_when_all_is_well_returns_data_of_both_during_a_fault() {
    assert!(SEEN.blind.is_empty(), "{}", SEEN.blind.join("\n"));
}

#[test]
fn two_processes_are_scraped_by_both() {
    assert_eq!(SEEN.instances, [2, 2]);
}

#[test]
fn whatever_may_be_empty_is_there_to_be_empty() {
    let places: Vec<_> = dashboards::all()
        .iter()
        .map(|board| (board.file(), board.text()))
        .collect();
    for (begin, why) in EMPTY {
        let (file, title) = begin.split_once(", ").unwrap();
        let title = title.split(": ").next().unwrap();
        let (_, text) = places.iter().find(|(name, _)| name == file).unwrap();
        assert!(
            text.contains(&format!("\"title\": \"{title}")),
            "{begin} ({why}) is no panel"
        );
    }
}
