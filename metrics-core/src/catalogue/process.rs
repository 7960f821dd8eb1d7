//! This process, as its system sees it.

use crate::metric::{Appears, Metric};

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
