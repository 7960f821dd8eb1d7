//! Probe: how long a task waits for a worker.

use super::POOLS;
use crate::label::Label;
use crate::metric::{Appears, Metric};

const LABELS: &[Label] = &[Label::open("runtime"), Label::closed("pool", POOLS)];
const SPAWNED: Appears = Appears::When("a probe is spawned (`Probe::spawn`)");

/// Idle it is 0.06 ms, in a flood half a second. The last is as long as the shortest usual scrape interval.
const DELAYS: &[f64] = &[
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5,
    5.0, 15.0,
];

pub(crate) static SCHEDULE_DELAY: Metric = Metric::histogram(
    "tokio_schedule_delay_seconds",
    "How long a task that was ready waited for a worker, or for a thread of the blocking pool.",
    DELAYS,
)
.labels(LABELS)
.seconds()
.appears(SPAWNED);

pub(crate) static PROBE_AGE: Metric = Metric::gauge(
    "tokio_probe_age_seconds",
    "How long the probe has waited that is still waiting; absent once the runtime has ended.",
)
.labels(LABELS)
.seconds()
.at_scrape()
.appears(SPAWNED);
