//! Core's own metrics, as they will be read.

use crate::label::Label;
use crate::metric::{Appears, Metric};

const RUNTIME: &[Label] = &[Label::open("runtime")];
const METRIC: &[Label] = &[Label::open("metric")];
const COLLECTOR: &[Label] = &[Label::open("collector")];

/// The roles that a process of a server can have.
pub(crate) const ROLES: &[&str] = &["web", "worker", "all"];

/// What a scrape can be answered with.
pub(crate) const CODES: &[&str] = &["200", "401", "403", "404", "405", "503"];

/// What can become of a push.
pub(crate) const PUSHED: &[&str] = &["ok", "failed", "refused"];

/// Why lines of foreign text are left out.
pub(crate) const LEFT_OUT: &[&str; 4] = &["taken", "malformed", "duplicate", "cap"];

/// Every metric of this crate.
pub static ALL: &[&Metric] = &[
    &SERIES,
    &OVERFLOW,
    &FOREIGN_LEFT_OUT,
    &COLLECTOR_SUCCESS,
    &COLLECTOR_DURATION,
    &SCRAPES,
    &SCRAPE_DURATION,
    &PUSHES,
    &CPU,
    &RESIDENT,
    &VIRTUAL,
    &START_TIME,
    &OPEN_FDS,
    &MAX_FDS,
    &THREADS,
    &TOKIO_WORKERS,
    &TOKIO_TASKS,
    &TOKIO_QUEUE,
    &TOKIO_BUSY,
    &TOKIO_PARKS,
    &BUILD_INFO,
];

pub(crate) static SERIES: Metric = Metric::gauge("exporter_series", "Series held, by metric.")
    .labels(METRIC)
    .at_scrape();

pub(crate) static OVERFLOW: Metric = Metric::counter(
    "exporter_overflow_total",
    "Values folded into _other, and metrics refused, because a cap was reached or a name was taken.",
)
.labels(METRIC);

pub(crate) static FOREIGN_LEFT_OUT: Metric = Metric::counter(
    "exporter_foreign_left_out_total",
    "Lines of text that collectors appended and scrapes left out, because of a taken name, a mistake in them or a cap.",
)
.labels(&[Label::closed("why", LEFT_OUT)])
.at_scrape()
.appears(Appears::When("a collector appends foreign text"));

pub(crate) static COLLECTOR_SUCCESS: Metric = Metric::gauge(
    "exporter_collector_success",
    "Whether a collector answered in this scrape; 0 if it panicked, or if there was no time left for it.",
)
.labels(COLLECTOR)
.at_scrape();

pub(crate) static COLLECTOR_DURATION: Metric = Metric::gauge(
    "exporter_collector_duration_seconds",
    "How long a collector took in this scrape.",
)
.labels(COLLECTOR)
.seconds()
.at_scrape();

pub(crate) static SCRAPES: Metric = Metric::counter(
    "exporter_scrapes_total",
    "Requests to the endpoint, by the status they got.",
)
.labels(&[Label::closed("code", CODES)]);

pub(crate) static SCRAPE_DURATION: Metric = Metric::gauge(
    "exporter_scrape_duration_seconds",
    "How long the previous scrape took to render.",
)
.seconds();

pub(crate) static PUSHES: Metric = Metric::counter(
    "exporter_pushes_total",
    "Pushes, by what became of them: taken, failed (and tried again) or refused for good.",
)
.labels(&[Label::closed("outcome", PUSHED)])
.appears(Appears::When("an exporter is given a pusher"));

pub(crate) static CPU: Metric = Metric::fractional_counter(
    "process_cpu_seconds_total",
    "CPU time used, in user and system mode.",
)
.seconds()
.at_scrape()
.appears(Appears::Linux);

pub(crate) static RESIDENT: Metric =
    Metric::gauge("process_resident_memory_bytes", "Memory in RAM.")
        .bytes()
        .at_scrape()
        .appears(Appears::Linux);

pub(crate) static VIRTUAL: Metric = Metric::gauge(
    "process_virtual_memory_bytes",
    "Memory addressed, in RAM or not.",
)
.bytes()
.at_scrape()
.appears(Appears::Linux);

pub(crate) static START_TIME: Metric = Metric::gauge(
    "process_start_time_seconds",
    "When the process started, in seconds since 1970.",
)
.seconds()
.at_scrape()
.appears(Appears::Linux);

pub(crate) static OPEN_FDS: Metric = Metric::gauge("process_open_fds", "File descriptors open.")
    .at_scrape()
    .appears(Appears::Linux);

pub(crate) static MAX_FDS: Metric = Metric::gauge(
    "process_max_fds",
    "File descriptors that may be open; absent where there is no limit.",
)
.at_scrape()
.appears(Appears::Linux);

pub(crate) static THREADS: Metric = Metric::gauge("process_threads", "Threads of the process.")
    .at_scrape()
    .appears(Appears::Linux);

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

pub(crate) static BUILD_INFO: Metric = Metric::gauge(
    "service_build_info",
    "Always 1; its labels say what is running.",
)
.labels(&[
    Label::open("name"),
    Label::open("version"),
    Label::open("revision"),
    Label::closed("role", ROLES),
])
.at_scrape();
