//! Cgroup: the limits that the process is held to.

use crate::metric::{Appears, Metric};

const GROUPED: Appears = Appears::When("the process is in a cgroup that is counted");

pub(crate) static CGROUP_LIMIT: Metric = Metric::gauge(
    "cgroup_memory_limit_bytes",
    "The lowest limit on memory, of the own cgroup and of those around it; absent where there is none.",
)
.bytes()
.at_scrape()
.appears(Appears::When("the process is in a cgroup with a limit on memory"));

pub(crate) static CGROUP_USAGE: Metric = Metric::gauge(
    "cgroup_memory_usage_bytes",
    "What counts against that limit: memory of all its processes, and page cache, which is given back when needed.",
)
.bytes()
.at_scrape()
.appears(GROUPED);

pub(crate) static CGROUP_KILLS: Metric = Metric::counter(
    "cgroup_oom_kills_total",
    "Processes of the own cgroup that were killed because there was no memory left.",
)
.at_scrape()
.appears(GROUPED);

pub(crate) static CGROUP_CORES: Metric = Metric::gauge(
    "cgroup_cpu_quota_cores",
    "The lowest quota of CPU time, in cores; absent where there is none.",
)
.at_scrape()
.appears(Appears::When(
    "the process is in a cgroup with a quota of CPU time",
));

pub(crate) static CGROUP_THROTTLED: Metric = Metric::fractional_counter(
    "cgroup_cpu_throttled_seconds_total",
    "Time in which threads could have run and were kept from it by a quota, summed.",
)
.seconds()
.at_scrape()
.appears(Appears::When(
    "the process is in a cgroup that can have a quota of CPU time",
));
