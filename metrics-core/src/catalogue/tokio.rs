//! Tokio runtimes.

use crate::label::Label;
use crate::metric::Metric;

const RUNTIME: &[Label] = &[Label::open("runtime")];

pub(crate) static TOKIO_WORKERS: Metric =
    Metric::gauge("tokio_workers", "Worker threads of the runtime.")
        .labels(RUNTIME)
        .at_scrape();

pub(crate) static TOKIO_TASKS: Metric = Metric::gauge(
    "tokio_alive_tasks",
    "Tasks that were spawned and have not ended.",
)
.labels(RUNTIME)
.at_scrape();

pub(crate) static TOKIO_QUEUE: Metric = Metric::gauge(
    "tokio_global_queue_depth",
    "Tasks that wait in the runtime's global queue. Each worker has a queue of its own that this leaves out.",
)
.labels(RUNTIME)
.at_scrape();

pub(crate) static TOKIO_BUSY: Metric = Metric::fractional_counter(
    "tokio_worker_busy_seconds_total",
    "Time in which workers were not parked, summed. It advances when a worker parks, so it lags when all are saturated.",
)
.labels(RUNTIME)
.seconds()
.at_scrape();

pub(crate) static TOKIO_PARKS: Metric = Metric::counter(
    "tokio_worker_parks_total",
    "How often workers ran out of work and parked.",
)
.labels(RUNTIME)
.at_scrape();
