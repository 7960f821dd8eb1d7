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

use std::collections::BTreeSet;
use std::sync::LazyLock;

use fedimetrics_contract::dashboards;
use seen::{Depths, Seen};

/// What is empty although all is well and that no fault fills, by what its place begins with, and why.
const EMPTY: [(&str, &str); 11] = [
    ("overview.json, OOM kills", "needs a control group"),
    ("overview.json, Throttled", "needs a control group"),
    ("overview.json, Shares of limits: memory", "needs a limit"),
    ("jobs.json, Peers", "for servers with a worker per peer"),
    ("runtime.json, CPU: quota", "needs a control group"),
    (
        "runtime.json, Memory against its limit: group",
        "needs a control group",
    ),
    (
        "runtime.json, Memory against its limit: limit",
        "needs a limit",
    ),
    (
        "runtime.json, Memory of parts: {{component}}",
        "the demo server tells of no component",
    ),
    (
        "runtime.json, Memory of parts: allocator",
        "the demo server has the system's allocator, which tells nothing",
    ),
    (
        "runtime.json, Throttled, OOM kills",
        "needs a control group",
    ),
    ("runtime.json, Overflow by metric", "no cap is reached"),
];

/// Alerts that the demo server's bad neighbours and its mail server's quota wake, without any fault.
const AWAKE: [&str; 5] = [
    "QueueDeficit",
    "DeadJobsGrow",
    "WorkerOnlyFails",
    "DeliveriesShed",
    "DeliveriesUnauthorized",
];

/// Alerts that none of the faults wakes, and why. All of them have a case that fires in `alerts/tests/`.
const ASLEEP: [(&str, &str); 16] = [
    (
        "RestartLoop",
        "needs three restarts in four seconds; `alert.rs` has it in fifteen",
    ),
    ("MetricsMissing", "both processes have what their role has"),
    ("ScrapeSlow", "a scrape is given up after one second"),
    ("SeriesOverflow", "no cap is reached"),
    ("JobHung", "every attempt gives up by itself before that"),
    ("PeriodicJobOverdue", "longer than this test lasts"),
    (
        "ReasonUnknown",
        "every error of the demo server has a reason",
    ),
    (
        "DeadServers",
        "the demo server knows one dead server, not fifty",
    ),
    ("PressureLong", "the machine's, which others use too"),
    ("CpuHigh", "the machine's, which others use too"),
    ("Throttled", "needs a control group with a quota"),
    ("DescriptorsRunOut", "would take the watchers with it"),
    ("MemoryRunsOut", "needs a control group with a limit"),
    ("OomKill", "needs a control group, and would kill the test"),
    ("StorageFillsUp", "would fill the machine's storage"),
    ("ClockWrong", "would set the machine's clock"),
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
fn a_queue_that_two_processes_share_is_counted_once_and_those_of_their_own_are_added_up() {
    for depths in &SEEN.depths {
        assert_eq!([depths.shared, depths.local], Depths::ALL);
        assert_eq!(depths.wrong, 0);
        assert!(depths.twice > 0, "nothing was in any queue: {depths:?}");
    }
}

#[test]
fn every_alert_is_awake_or_woken_by_a_fault_or_sleeps_for_a_reason() {
    let asleep = ASLEEP.iter().map(|(name, _)| *name);
    let listed: BTreeSet<_> = AWAKE
        .into_iter()
        .chain(asleep)
        .chain(faults::woken())
        .collect();
    let listed: BTreeSet<_> = listed
        .iter()
        .filter(|name| !name.contains(' '))
        .map(ToString::to_string)
        .collect();
    let all: BTreeSet<_> = asked::alerts()
        .into_iter()
        .map(|asked| asked.place)
        .collect();
    assert_eq!(listed, all);
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
