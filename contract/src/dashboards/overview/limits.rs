//! Limits: are we hitting one?

use crate::dashboards::Panel;
use crate::dashboards::expression::{quantile, rate};

pub(super) fn panels() -> Vec<Panel> {
    vec![
        Panel::stacked("Memory")
            .says("What the processes hold, by kind. anon growing without end is a leak; file is a cache and harmless.")
            .unit("bytes")
            .query("{{kind}}", "sum by (kind) (process_memory_bytes{PROCESS})"),
        Panel::lines("Waiting for a thread, p99")
            .says("How long a ready task waits for a worker (async) and blocking work for a thread. Zero, or nearly, when all is well: this is the run queue.")
            .unit("s")
            .query("{{runtime}} {{pool}}", quantile("0.99", "runtime, pool", "tokio_schedule_delay_seconds", "PROCESS")),
        Panel::lines("Pressure")
            .says("The share of time in which something waited for CPU, storage or memory. Zero most of the time.")
            .unit("percentunit")
            .query("{{resource}}", "max by (resource) (rate(pressure_waiting_seconds_total{PROCESS}[$__rate_interval]))"),
        Panel::lines("CPU")
            .says("Cores in use, and cores there are.")
            .query("in use", rate("", "process_cpu_seconds_total{PROCESS}"))
            .query("there are", "max(process_available_cores{PROCESS})"),
        Panel::lines("Storage and network")
            .says("Bytes a second to and from storage, and sent over HTTP.")
            .unit("Bps")
            .query("storage {{direction}}", rate("direction", "process_io_bytes_total{PROCESS}"))
            .query("HTTP sent", rate("", "http_server_response_body_bytes_total{PROCESS}")),
        Panel::lines("Database pool")
            .says("Connections in use and idle, the most there may be, and who waits for one. Waiting above 0 for minutes: exhausted.")
            .query("{{db_client_connection_state}}", "sum by (db_client_connection_state) (db_client_connection_count{PROCESS})")
            .query("max", "sum(db_client_connection_max{PROCESS})")
            .query("waiting", "sum(db_client_connection_pending_requests{PROCESS})"),
        Panel::lines("Database pool: wait, p95")
            .says("How long it takes to get a connection.")
            .unit("s")
            .query("{{db_client_connection_pool_name}}", quantile("0.95", "db_client_connection_pool_name", "db_client_connection_wait_time_seconds", "PROCESS")),
        Panel::lines("Shares of limits")
            .says("File descriptors, and memory of the control group where it has a limit. Above 85 %: raise the limit, or find who holds them.")
            .unit("percentunit")
            .up_to(1.0)
            .from(&[("red", 0.85)])
            .query("descriptors {{instance}}", "max by (instance) (process_open_fds{PROCESS} / process_max_fds{PROCESS})")
            .query("memory {{instance}}", "max by (instance) (cgroup_memory_usage_bytes{PROCESS} / cgroup_memory_limit_bytes{PROCESS})"),
        Panel::lines("Storage in use")
            .says("How full the file systems are. At 90 %: remove old media, or grow it.")
            .unit("percentunit")
            .up_to(1.0)
            .from(&[("red", 0.9)])
            .query("{{component}}", "1 - min by (component) (storage_free_bytes{SERVER}) / min by (component) (storage_size_bytes{SERVER})"),
        Panel::stat("Clock is off by")
            .says("Against Prometheus' clock. Beyond 30 s other servers refuse our signatures: run NTP.")
            .unit("s")
            .from(&[("orange", 5.0), ("red", 30.0)])
            .query("", "max(abs(process_clock_seconds{PROCESS} - timestamp(process_clock_seconds{PROCESS})))"),
        Panel::stat("OOM kills, 24 h")
            .says("Processes that the kernel killed for their memory in this control group.")
            .else_says("no control group")
            .from(&[("red", 1.0)])
            .query("", "sum(increase(cgroup_oom_kills_total{PROCESS}[24h]))"),
        Panel::stat("Throttled")
            .says("Share of time held back by the control group's CPU quota.")
            .unit("percentunit")
            .else_says("no control group")
            .from(&[("orange", 0.05), ("red", 0.2)])
            .query("", "max(rate(cgroup_cpu_throttled_seconds_total{PROCESS}[$__rate_interval]))"),
        Panel::stat("Lines in a scrape")
            .says("What monitoring itself costs. VictoriaMetrics refuses scrapes of more than 16 MiB, some 100,000 lines.")
            .query("", "sum(exporter_series{PROCESS})"),
        Panel::stat("Overflow, 24 h")
            .says("Values that a cap folded into _other. Above 0: see which metric in the runtime dashboard.")
            .from(&[("orange", 1.0)])
            .query("", "sum(increase(exporter_overflow_total{PROCESS}[24h]))"),
    ]
}
