//! The metrics of jobs.

use fedimetrics_core::{Appears, Label, Metric};

use super::{LATE, OUTCOME, QUEUE, REASON, WORKER};

const JOB: &[Label] = &[QUEUE, WORKER];

/// Seconds an attempt runs: a database job takes 5 ms, a delivery times out at 10, 30 or 60 s, a media job takes half
/// an hour, and a clean-up a quarter of a day.
const RUN: &[f64] = &[
    0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 21_600.0,
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
