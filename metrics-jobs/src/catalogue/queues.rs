//! The metrics of queues.

use fedimetrics_core::{Appears, Label, Metric};

use super::{OF_QUEUE, QUEUE};
use crate::labels::{Purpose, Share, State};

/// Where a probe must be running for a metric to be there.
const PROBED: Appears = Appears::When("the queue is declared with `probed_every`");

pub(crate) static QUEUE_INFO: Metric = Metric::gauge(
    "job_queue_info",
    "Always 1: what a queue is for, whether all processes share it, and whether its depth is probed.",
)
.labels(&[
    QUEUE,
    Label::closed("purpose", Purpose::WORDS),
    Label::closed("scope", Share::WORDS),
    Label::closed("probed", &["true", "false"]),
]);

pub(crate) static QUEUE_CONCURRENCY: Metric = Metric::gauge(
    "job_queue_concurrency",
    "How many attempts of this queue this process runs at a time, at most.",
)
.labels(OF_QUEUE)
.appears(Appears::When("the queue is declared with `concurrency`"));

pub(crate) static QUEUE_DEPTH: Metric = Metric::gauge(
    "job_queue_depth",
    "Jobs in the queue at the last reading, by state. Absent when there is no fresh reading.",
)
.labels(&[QUEUE, Label::closed("state", State::WORDS)])
.at_scrape()
.appears(PROBED);

pub(crate) static QUEUE_OLDEST_READY: Metric = Metric::gauge(
    "job_queue_oldest_ready_age_seconds",
    "How long the oldest job that could run has waited; 0 when none waits. Absent when there is no fresh reading.",
)
.labels(OF_QUEUE)
.seconds()
.at_scrape()
.appears(PROBED);

pub(crate) static PROBE_SUCCESS: Metric = Metric::gauge(
    "job_queue_probe_success",
    "Whether the last reading of the queue worked and is fresh.",
)
.labels(OF_QUEUE)
.at_scrape()
.appears(PROBED);

pub(crate) static PROBE_DURATION: Metric = Metric::gauge(
    "job_queue_probe_duration_seconds",
    "How long the last reading of the queue took, whether or not it worked.",
)
.labels(OF_QUEUE)
.seconds()
.at_scrape()
.appears(PROBED);

pub(crate) static PROBE_LAST_SUCCESS: Metric = Metric::gauge(
    "job_queue_probe_last_success_timestamp_seconds",
    "When the queue was last read, in Unix time; 0 if it has not been since the process started.",
)
.labels(OF_QUEUE)
.seconds()
.at_scrape()
.appears(PROBED);
