//! The process and its machine in detail: which limit are we hitting?

use super::expression::{quantile, rate};
use super::{Dashboard, Panel};

pub(super) fn dashboard() -> Dashboard {
    Dashboard::new("runtime", "Fediverse server: runtime")
        .section("Does anything wait?", waits())
        .section("What is used up?", used())
        .section("Database", database())
        .section("Monitoring itself", exporter())
}

fn waits() -> Vec<Panel> {
    vec![
        Panel::lines("Schedule delay, p50 and p99: tasks")
            .says("How long a ready task waits for a worker. High with busy CPU: too little CPU. High with idle CPU: something blocks the workers.")
            .unit("s")
            .query("{{runtime}} p50", quantile("0.5", "runtime", "tokio_schedule_delay_seconds", r#"PROCESS, pool="async""#))
            .query("{{runtime}} p99", quantile("0.99", "runtime", "tokio_schedule_delay_seconds", r#"PROCESS, pool="async""#)),
        Panel::lines("Schedule delay, p99: blocking work")
            .says("How long blocking work waits for a thread: files, password hashes, image work.")
            .unit("s")
            .query("{{runtime}}", quantile("0.99", "runtime", "tokio_schedule_delay_seconds", r#"PROCESS, pool="blocking""#)),
        Panel::lines("Age of the probe that waits")
            .says("A stall shows here at once, while it lasts.")
            .unit("s")
            .query("{{runtime}} {{pool}}", "max by (runtime, pool) (tokio_probe_age_seconds{PROCESS})"),
        Panel::lines("Pressure: something waits")
            .says("Share of time in which at least one task of the scope waited for the resource.")
            .unit("percentunit")
            .query("{{resource}} ({{scope}})", "max by (resource, scope) (rate(pressure_waiting_seconds_total{PROCESS}[$__rate_interval]))"),
        Panel::lines("Pressure: all wait")
            .says("Share of time in which nothing could go on. Above a few per cent people feel it.")
            .unit("percentunit")
            .query("{{resource}} ({{scope}})", "max by (resource, scope) (rate(pressure_stalled_seconds_total{PROCESS}[$__rate_interval]))"),
        Panel::lines("Runnable and not running")
            .says("Seconds per second in which threads waited for a core.")
            .unit("s")
            .query("{{instance}}", rate("instance", "process_cpu_wait_seconds_total{PROCESS}")),
        Panel::lines("Tokio: busy share of workers")
            .says("Lags when saturated, since it only moves when a worker parks: believe the schedule delay.")
            .unit("percentunit")
            .query(
                "{{runtime}}",
                "sum by (runtime) (rate(tokio_worker_busy_seconds_total{PROCESS}[$__rate_interval])) / sum by (runtime) (tokio_workers{PROCESS})",
            ),
        Panel::lines("Tokio: tasks alive")
            .says("Climbing without end is a leak of tasks.")
            .query("{{runtime}}", "sum by (runtime) (tokio_alive_tasks{PROCESS})"),
        Panel::lines("Tokio: global queue and parks")
            .says("Tasks in the global queue; how often workers go to sleep a second.")
            .query("{{runtime}} queue", "sum by (runtime) (tokio_global_queue_depth{PROCESS})")
            .query("{{runtime}} parks", rate("runtime", "tokio_worker_parks_total{PROCESS}")),
    ]
}

fn used() -> Vec<Panel> {
    vec![
        Panel::lines("CPU")
            .says("Cores in use by each process, and how many there are.")
            .query("{{instance}}", rate("instance", "process_cpu_seconds_total{PROCESS}"))
            .query("there are", "max(process_available_cores{PROCESS})")
            .query("quota", "max(cgroup_cpu_quota_cores{PROCESS})"),
        Panel::stacked("Memory by kind")
            .says("anon is what the program asked for, file is cache, swap is what is missing.")
            .unit("bytes")
            .query("{{kind}}", "sum by (kind) (process_memory_bytes{PROCESS})"),
        Panel::lines("Memory against its limit")
            .says("Resident memory of each process, its peak, and the control group's limit where it has one.")
            .unit("bytes")
            .query("{{instance}}", "max by (instance) (process_resident_memory_bytes{PROCESS})")
            .query("{{instance}} peak", "max by (instance) (process_peak_resident_memory_bytes{PROCESS})")
            .query("group", "max(cgroup_memory_usage_bytes{PROCESS})")
            .query("limit", "min(cgroup_memory_limit_bytes{PROCESS})"),
        Panel::lines("Memory of parts")
            .says("What the host tells of its caches and queues, and what the allocator holds.")
            .unit("bytes")
            .else_says("nothing is registered")
            .query("{{component}}", "sum by (component) (memory_component_bytes{PROCESS})")
            .query("allocator {{state}}", "sum by (state) (allocator_bytes{PROCESS})"),
        Panel::lines("File descriptors")
            .says("Open ones, and the limit. Climbing without end is a leak of connections or files.")
            .query("{{instance}}", "max by (instance) (process_open_fds{PROCESS})")
            .query("limit", "min(process_max_fds{PROCESS})"),
        Panel::lines("Threads")
            .says("Hundreds: blocking work piles up.")
            .query("{{instance}}", "max by (instance) (process_threads{PROCESS})"),
        Panel::lines("Storage: bytes a second")
            .says("What the process really reads from and writes to storage.")
            .unit("Bps")
            .query("{{direction}}", rate("direction", "process_io_bytes_total{PROCESS}")),
        Panel::lines("Storage: free")
            .says("Of the file systems that hold the folders the host named.")
            .unit("bytes")
            .query("{{component}} free", "min by (component) (storage_free_bytes{SERVER})")
            .query("{{component}} size", "min by (component) (storage_size_bytes{SERVER})"),
        Panel::lines("Throttled, OOM kills")
            .says("Seconds a second held back by the CPU quota; processes killed.")
            .else_says("no control group")
            .query("throttled", "max(rate(cgroup_cpu_throttled_seconds_total{PROCESS}[$__rate_interval]))")
            .query("OOM kills", "sum(increase(cgroup_oom_kills_total{PROCESS}[$__rate_interval]))"),
    ]
}

fn database() -> Vec<Panel> {
    const POOL: &str = "db_client_connection_pool_name";
    vec![
        Panel::lines("Connections")
            .says("In use, idle, and the most there may be.")
            .query("{{db_client_connection_pool_name}} {{db_client_connection_state}}", format!("sum by ({POOL}, db_client_connection_state) (db_client_connection_count{{PROCESS}})"))
            .query("{{db_client_connection_pool_name}} max", format!("sum by ({POOL}) (db_client_connection_max{{PROCESS}})")),
        Panel::lines("Waiting for a connection")
            .says("How many wait right now. Above 0 for minutes: the pool is exhausted; find the slow statement first, then grow it.")
            .query("{{db_client_connection_pool_name}}", format!("sum by ({POOL}) (db_client_connection_pending_requests{{PROCESS}})")),
        Panel::lines("Time to get one, p50 and p95")
            .says("And those who gave up.")
            .unit("s")
            .query("p50", quantile("0.5", "", "db_client_connection_wait_time_seconds", "PROCESS"))
            .query("p95", quantile("0.95", "", "db_client_connection_wait_time_seconds", "PROCESS"))
            .query("timeouts a second", rate("", "db_client_connection_timeouts_total{PROCESS}")),
        Panel::lines("Stages, p95")
            .says("One stage of a request or job: one in twenty takes longer.")
            .unit("s")
            .query("{{stage}}", quantile("0.95", "stage", "stage_duration_seconds", "PROCESS")),
        Panel::lines("Stages: calls")
            .says("How often a second. A statement that is asked a hundred times a request shows here.")
            .unit("cps")
            .query("{{stage}}", rate("stage", "stage_calls_total{PROCESS}")),
        Panel::stacked("Stages: time per second")
            .says("Seconds in each second. Nested stages count twice.")
            .unit("s")
            .query("{{stage}}", rate("stage", "stage_seconds_total{PROCESS}")),
    ]
}

fn exporter() -> Vec<Panel> {
    vec![
        Panel::lines("Scrapes by status")
            .says("401: a wrong token. 503: a scrape that took too long.")
            .unit("cps")
            .query("{{code}}", rate("code", "exporter_scrapes_total{PROCESS}")),
        Panel::lines("Duration of a scrape")
            .says("As the server sees it, and as Prometheus does.")
            .unit("s")
            .query("{{instance}}", "max by (instance) (exporter_scrape_duration_seconds{PROCESS})")
            .query("{{instance}} for Prometheus", "max by (instance) (scrape_duration_seconds{PROCESS})"),
        Panel::table("Collectors that fail")
            .says("What could not be read at the last scrape.")
            .else_says("all could be read")
            .without(&["Value"])
            .query("", "min by (instance, collector) (exporter_collector_success{PROCESS}) == 0"),
        Panel::top("Series by metric")
            .says("What costs most. Lines of a scrape are about this many; histograms have one for each bucket.")
            .query("{{metric}}", "topk(12, max by (metric) (exporter_series{PROCESS}))"),
        Panel::bars("Overflow by metric")
            .says("Values that a cap folded into _other.")
            .else_says("no cap was reached")
            .query("{{metric}}", "sum by (metric) (increase(exporter_overflow_total{PROCESS}[$__rate_interval])) > 0"),
        Panel::lines("Time of collectors")
            .says("What reading the system costs at each scrape.")
            .unit("s")
            .query("{{collector}}", "max by (collector) (exporter_collector_duration_seconds{PROCESS})"),
    ]
}
