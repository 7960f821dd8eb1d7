//! Tokio runtimes, as far as only an unstable tokio tells.

use super::THREADS_STATES;
use crate::label::Label;
use crate::metric::{Appears, Metric};

const RUNTIME: &[Label] = &[Label::open("runtime")];
const UNSTABLE: Appears = Appears::When("it is built with `--cfg tokio_unstable`");

pub(crate) static LOCAL_QUEUE: Metric = Metric::gauge(
    "tokio_local_queue_depth",
    "Tasks that wait in the workers' own queues, summed.",
)
.labels(RUNTIME)
.at_scrape()
.appears(UNSTABLE);

pub(crate) static BLOCKING_THREADS: Metric = Metric::gauge(
    "tokio_blocking_threads",
    "Threads of the blocking pool, by whether they have something to do.",
)
.labels(&[
    Label::open("runtime"),
    Label::closed("state", THREADS_STATES),
])
.at_scrape()
.appears(UNSTABLE);

pub(crate) static BLOCKING_QUEUE: Metric = Metric::gauge(
    "tokio_blocking_queue_depth",
    "Calls that wait for a thread of the blocking pool.",
)
.labels(RUNTIME)
.at_scrape()
.appears(UNSTABLE);

pub(crate) static STEALS: Metric = Metric::counter(
    "tokio_steals_total",
    "Tasks that a worker took from another one's queue.",
)
.labels(RUNTIME)
.at_scrape()
.appears(UNSTABLE);

pub(crate) static POLLS: Metric = Metric::counter("tokio_polls_total", "Polls of tasks.")
    .labels(RUNTIME)
    .at_scrape()
    .appears(UNSTABLE);

pub(crate) static POLL_TIME: Metric = Metric::gauge(
    "tokio_poll_mean_seconds",
    "How long a poll takes of late, on the worker where it takes longest. A poll that takes a millisecond blocks.",
)
.labels(RUNTIME)
.seconds()
.at_scrape()
.appears(UNSTABLE);

pub(crate) static FORCED_YIELDS: Metric = Metric::counter(
    "tokio_budget_forced_yields_total",
    "How often a task had used up its budget and had to let others run.",
)
.labels(RUNTIME)
.at_scrape()
.appears(UNSTABLE);
