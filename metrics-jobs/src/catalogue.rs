//! The metrics of jobs, queues and deliveries, as they will be read.

use fedimetrics_core::{Appears, Blame, Label, Metric};

use crate::labels::{How, Outcome, Purpose, Share, State};

const QUEUE: Label = Label::open("queue");
const WORKER: Label = Label::open("worker");
const OUTCOME: Label = Label::closed("outcome", Outcome::WORDS);
const REASON: Label = Label::named(
    "reason",
    "a reason's word, such as `http_410` or `nxdomain`",
);
const BLAME: Label = Label::closed("blame", Blame::ALL);

const JOB: &[Label] = &[QUEUE, WORKER];
const OF_QUEUE: &[Label] = &[QUEUE];

/// Where a probe must be running for a metric to be there.
const PROBED: Appears = Appears::When("the queue is declared with `probed_every`");

/// Seconds an attempt runs: a database job takes 5 ms, a delivery times out at 10, 30 or 60 s, a media job takes half
/// an hour, and a clean-up a quarter of a day.
const RUN: &[f64] = &[
    0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 21_600.0,
];

/// Seconds of being late: people notice a minute; operators' alerts on queue latency stand at 30 s and 120 s; retries
/// span a day.
const LATE: &[f64] = &[
    0.05, 0.25, 1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 900.0, 1800.0, 3600.0, 21_600.0, 86_400.0,
];

/// Seconds of a job's life: servers retry for a day (Akkoma), two and a half (activitypub_federation) or two weeks.
const AGE: &[f64] = &[
    1.0,
    10.0,
    60.0,
    600.0,
    3600.0,
    21_600.0,
    86_400.0,
    259_200.0,
    604_800.0,
    1_209_600.0,
];

/// Attempts: most servers stop between 5 and 20.
const ATTEMPTS: &[f64] = &[1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0];

/// Seconds one delivery takes: OpenTelemetry's bounds for an HTTP client, then 30 and 60, so that the last one lies
/// above the usual timeout.
const REQUEST: &[f64] = &[
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 30.0, 60.0,
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
];

pub(crate) static ENQUEUED: Metric = Metric::counter(
    "job_enqueued_total",
    "Jobs offered to the queue. A retry is not offered again.",
)
.labels(JOB);

pub(crate) static DROPPED: Metric = Metric::counter(
    "job_dropped_total",
    "Jobs that were offered and will never run: the queue was full, they expired, the target is blocked.",
)
.labels(&[QUEUE, WORKER, REASON])
.lazy();

pub(crate) static STARTED: Metric =
    Metric::counter("job_started_total", "Attempts begun.").labels(JOB);

pub(crate) static FINISHED: Metric =
    Metric::counter("job_finished_total", "Attempts ended, by their fate.")
        .labels(&[QUEUE, WORKER, OUTCOME]);

pub(crate) static FAILURES: Metric = Metric::counter(
    "job_failures_total",
    "Attempts ended without success, by their fate and why.",
)
.labels(&[QUEUE, WORKER, OUTCOME, REASON])
.lazy();

pub(crate) static IN_FLIGHT: Metric =
    Metric::gauge("job_in_flight", "Attempts begun and not ended.").labels(JOB);

pub(crate) static LONGEST_RUNNING: Metric = Metric::gauge(
    "job_longest_running_seconds",
    "Age of the oldest attempt that is still running; 0 when none is.",
)
.labels(JOB)
.seconds()
.at_scrape();

pub(crate) static DURATION: Metric =
    Metric::histogram("job_duration_seconds", "How long an attempt took.", RUN)
        .labels(JOB)
        .seconds();

pub(crate) static WAIT: Metric = Metric::histogram(
    "job_wait_seconds",
    "From when a job could have been started to when it was. Backoff and scheduling are not part of it.",
    LATE,
)
.labels(JOB)
.seconds();

pub(crate) static JOB_ATTEMPTS: Metric = Metric::histogram(
    "job_attempts",
    "Attempts a job took to its success, final failure or discard.",
    ATTEMPTS,
)
.labels(JOB);

pub(crate) static JOB_AGE: Metric = Metric::histogram(
    "job_age_seconds",
    "From a job's creation to its success, final failure or discard.",
    AGE,
)
.labels(JOB)
.seconds();

pub(crate) static LAST_SUCCESS: Metric = Metric::gauge(
    "job_last_success_timestamp_seconds",
    "When an attempt last succeeded, in Unix time; 0 if none has since the process started.",
)
.labels(JOB)
.seconds();

pub(crate) static INTERVAL: Metric = Metric::gauge(
    "job_interval_seconds",
    "How often a periodic job is meant to run.",
)
.labels(JOB)
.seconds()
.appears(Appears::When("the job is declared with `every`"));

pub(crate) static TIME_LIMIT: Metric = Metric::gauge(
    "job_time_limit_seconds",
    "How long an attempt may take before it is held to hang.",
)
.labels(JOB)
.seconds()
.appears(Appears::When("the job is declared with `time_limit`"));

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

pub(crate) static OFFERED: Metric = Metric::counter(
    "delivery_offered_total",
    "Inboxes offered for delivery, once each. Less those delivered and those lost, it is what is pending.",
);

pub(crate) static LOST: Metric = Metric::counter(
    "delivery_lost_total",
    "Inboxes that will never receive, by how that came about, why, and who has to mend it.",
)
.labels(&[Label::closed("how", How::WORDS), REASON, BLAME]);

pub(crate) static DELIVERY_ATTEMPTS: Metric = Metric::counter(
    "delivery_attempts_total",
    "Attempts to deliver, one an inbox and attempt, by their fate.",
)
.labels(&[OUTCOME]);

pub(crate) static DELIVERY_FAILURES: Metric = Metric::counter(
    "delivery_attempt_failures_total",
    "Attempts to deliver that did not succeed, final or not: why, and who has to mend it.",
)
.labels(&[OUTCOME, REASON, BLAME])
.lazy();

pub(crate) static DELIVERY_DURATION: Metric = Metric::histogram(
    "delivery_duration_seconds",
    "How long one attempt to deliver to one inbox took.",
    REQUEST,
)
.seconds();

pub(crate) static DELIVERY_LAG: Metric = Metric::histogram(
    "delivery_lag_seconds",
    "From publishing to delivered. Survivors only: read it beside the lost.",
    LATE,
)
.seconds();

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
