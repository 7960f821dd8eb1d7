//! What dashboards, rules and alerts ask, asked of two processes under traffic: a Prometheus and a VictoriaMetrics answer.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests end where something is not as it should be"
)]

mod asked;
mod faults;
mod injection;
mod limits;
#[path = "../process/mod.rs"]
mod process;
mod seen;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use asked::starts;
use seen::{Depths, Seen};

/// Alerts that the demo server's bad neighbours and its mail server's quota wake, without any fault.
const AWAKE: [&str; 5] = [
    "QueueDeficit",
    "DeadJobsGrow",
    "WorkerOnlyFails",
    "DeliveriesShed",
    "DeliveriesUnauthorized",
];

/// All places that say nothing when all is well: a fault of one of the two runs fills each.
fn woken() -> impl Iterator<Item = &'static str> {
    faults::woken().chain(limits::woken())
}

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
fn every_alert_is_awake_or_woken_by_a_fault() {
    let listed: BTreeSet<_> = AWAKE
        .into_iter()
        .chain(woken())
        .filter(|name| !name.contains(' '))
        .map(str::to_owned)
        .collect();
    let all: BTreeSet<_> = asked::alerts()
        .into_iter()
        .map(|asked| asked.place)
        .collect();
    assert_eq!(listed, all);
}

#[test]
fn whatever_a_fault_wakes_is_there() {
    let panels = asked::panels().into_iter();
    let all: Vec<_> = panels.chain(asked::alerts()).collect();
    for place in woken() {
        let mut found = all.iter().filter(|asked| starts(&asked.place, &[place]));
        assert!(found.next().is_some(), "nothing begins like {place}");
    }
}
