//! The metrics of jobs, queues and deliveries, as they will be read.

mod deliveries;
mod inbound;
mod jobs;
mod peers;
mod queues;

pub(crate) use deliveries::*;
pub(crate) use inbound::*;
pub(crate) use jobs::*;
pub(crate) use peers::*;
pub(crate) use queues::*;

use fedimetrics_core::{Blame, Label, Metric};

use crate::labels::Outcome;

const QUEUE: Label = Label::open("queue");
const WORKER: Label = Label::open("worker");
const OUTCOME: Label = Label::closed("outcome", Outcome::WORDS);
const REASON: Label = Label::named(
    "reason",
    "a reason's word, such as `http_410` or `nxdomain`",
);
const BLAME: Label = Label::closed("blame", Blame::ALL);

const OF_QUEUE: &[Label] = &[QUEUE];

/// Seconds of being late: people notice a minute; operators' alerts on queue latency stand at 30 s and 120 s; retries
/// span a day.
const LATE: &[f64] = &[
    0.05, 0.25, 1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 900.0, 1800.0, 3600.0, 21_600.0, 86_400.0,
];

/// Every metric of this crate.
pub static ALL: &[&Metric] = &[
    &ENQUEUED,
    &DROPPED,
    &STARTED,
    &FINISHED,
    &FAILURES,
    &IN_FLIGHT,
    &LONGEST_RUNNING,
    &DURATION,
    &WAIT,
    &JOB_ATTEMPTS,
    &JOB_AGE,
    &LAST_SUCCESS,
    &INTERVAL,
    &TIME_LIMIT,
    &QUEUE_INFO,
    &QUEUE_CONCURRENCY,
    &QUEUE_DEPTH,
    &QUEUE_OLDEST_READY,
    &PROBE_SUCCESS,
    &PROBE_DURATION,
    &PROBE_LAST_SUCCESS,
    &OFFERED,
    &LOST,
    &DELIVERY_ATTEMPTS,
    &DELIVERY_FAILURES,
    &DELIVERY_DURATION,
    &DELIVERY_LAG,
    &TARGETS,
    &TARGETS_UNTRACKED,
    &FAILING_TARGETS,
    &FAILING_TARGET_SINCE,
    &TARGET_ATTEMPTS,
    &PEERS,
    &PEER_LAG,
    &INBOUND,
    &INBOUND_LAG,
    &INBOUND_LAST_ACCEPTED,
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use fedimetrics_core::{Kind, Unit};

    use super::*;

    #[test]
    fn every_name_is_there_once_and_says_its_kind_and_unit() {
        let names: HashSet<_> = ALL.iter().map(|metric| metric.name()).collect();
        assert_eq!(names.len(), ALL.len());
        for metric in ALL {
            let name = metric.name();
            assert_eq!(
                name.ends_with("_total"),
                metric.kind() == Kind::Counter,
                "{name}"
            );
            assert_eq!(
                name.contains("_seconds"),
                metric.unit() == Unit::Seconds,
                "{name}"
            );
            assert!(metric.help().ends_with('.'), "{name}");
            for label in metric.label_keys() {
                assert!(
                    !["job", "instance", "quantile"].contains(&label.key()),
                    "{name}"
                );
            }
        }
    }
}
