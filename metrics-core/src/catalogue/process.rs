//! This process, as its system sees it.

use super::{DIRECTIONS, KINDS};
use crate::label::Label;
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

pub(crate) static MEMORY: Metric = Metric::gauge(
    "process_memory_bytes",
    "Memory in RAM by what it holds, which adds up to the resident memory; and what was swapped out.",
)
.labels(&[Label::closed("kind", KINDS)])
.bytes()
.at_scrape()
.appears(Appears::Linux);

pub(crate) static PEAK: Metric = Metric::gauge(
    "process_peak_resident_memory_bytes",
    "The most memory in RAM that there ever was.",
)
.bytes()
.at_scrape()
.appears(Appears::Linux);

pub(crate) static CPU_WAIT: Metric = Metric::fractional_counter(
    "process_cpu_wait_seconds_total",
    "Time in which threads could have run and waited for a core, summed.",
)
.seconds()
.at_scrape()
.appears(Appears::When("the kernel counts it (`CONFIG_SCHED_INFO`)"));

pub(crate) static IO: Metric = Metric::counter(
    "process_io_bytes_total",
    "Bytes that went to storage and came from it, past the page cache.",
)
.labels(&[Label::closed("direction", DIRECTIONS)])
.bytes()
.at_scrape()
.appears(Appears::When(
    "the kernel counts it (`CONFIG_TASK_IO_ACCOUNTING`)",
));

pub(crate) static CORES: Metric = Metric::gauge(
    "process_available_cores",
    "Cores that the process may run on. A cgroup's quota can allow it less time on them.",
)
.at_scrape();

pub(crate) static CLOCK: Metric = Metric::gauge(
    "process_clock_seconds",
    "What this machine's clock says, in seconds since 1970: a wrong one makes every signature fail.",
)
.seconds()
.at_scrape();
