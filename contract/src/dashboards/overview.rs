//! The overview: is it up, is anything lost, is anything slow, who is busy, which limit is near, and how has that changed?

use super::expression::{depth, over, quantile, rate};
use super::{Dashboard, Panel};

const PEOPLE: &str = r#"PROCESS, surface=~"client_api|web|media|streaming""#;
const BAD: &str = "server_error|panic|timeout|service";

pub(super) fn dashboard() -> Dashboard {
    Dashboard::new("overview", "Fediverse server: overview")
        .section("Is it up?", up())
        .section("Is anything lost?", lost())
        .section("Is anything slow?", slow())
        .section("Who is busy?", busy())
        .section("Are we hitting a limit?", limits())
        .section("How has that changed?", weeks())
}

fn up() -> Vec<Panel> {
    vec![
        Panel::stat("Processes up")
            .says("Processes that Prometheus can scrape. Red: nobody is served; look at the host and at the server's log.")
            .from(&[("red", 0.0), ("green", 1.0)])
            .query("{{job}}", "sum by (job) (up{PROCESS})"),
        Panel::stat("Uptime, 7 days")
            .says("How much of the last week at least one process could be scraped. Time in which Prometheus itself was down is left out; sum_over_time(up[7d]) / (604800 / scrape interval) counts it as downtime.")
            .unit("percentunit")
            .from(&[("red", 0.0), ("orange", 0.99), ("green", 0.999)])
            .query("{{job}}", "avg_over_time((max by (job) (up{SERVER}))[7d:1m])"),
        Panel::states("Up")
            .says("When each process could be scraped. Gaps in all lines at once are Prometheus' own.")
            .size(8, 4)
            .query("{{instance}}", "max by (instance) (up{PROCESS})"),
        Panel::stat("Running for")
            .says("Since the youngest process was started. Short, again and again: it crashes; look for OOM kills below and at the log.")
            .unit("s")
            .query("", "min(time() - process_start_time_seconds{PROCESS})"),
        Panel::stat("Local users and posts")
            .says("What lives here, as the server counts it.")
            .query("users", "max by (job) (fediverse_local_users{SERVER})")
            .query("posts", "max by (job) (fediverse_local_posts{SERVER})"),
        Panel::stat("Known of others")
            .says("Remote users and servers that this one has met.")
            .query("users", "max by (job) (fediverse_remote_users{SERVER})")
            .query("servers", "max by (job) (fediverse_known_servers{SERVER})"),
        Panel::table("What is running")
            .says("Version, revision and role of every process. Two versions for long: a deploy has got stuck.")
            .size(20, 4)
            .without(&["Value", "job"])
            .query("", "group by (instance, name, version, revision, role) (service_build_info{PROCESS})"),
    ]
}

fn lost() -> Vec<Panel> {
    vec![
        Panel::table("Lost deliveries, 7 days")
            .says("Inboxes that will never receive what was sent. Blame \"us\" needs you at once, \"gone\" is usually a dead server. The guide has a table of all reasons.")
            .else_says("nothing was lost")
            .called(&[("Value", "inboxes")])
            .query("", "round(sum by (how, reason, blame) (increase(delivery_lost_total{PROCESS}[7d]))) > 0"),
        Panel::bars("Lost deliveries by reason")
            .says("When they were lost. One column of one reason is an incident; a little of everything is the fediverse.")
            .else_says("nothing was lost")
            .query("{{reason}}", "sum by (reason) (increase(delivery_lost_total{PROCESS}[$__rate_interval])) > 0"),
        Panel::lines("Delivered and lost")
            .says("Inboxes a second. Lost as high as delivered: look at the reasons.")
            .unit("cps")
            .query("delivered", rate("", r#"delivery_attempts_total{PROCESS, outcome="success"}"#))
            .query("lost: {{how}}", rate("how", "delivery_lost_total{PROCESS}")),
        Panel::lines("Failed attempts by reason")
            .says("Why attempts fail right now, whether or not they are tried again: what is lost tomorrow shows here today.")
            .unit("cps")
            .query("{{reason}} ({{blame}})", rate("reason, blame", "delivery_attempt_failures_total{PROCESS}")),
        Panel::lines("Servers by their latest delivery")
            .says("Distinct servers of the last 24 hours. Failing together in large numbers means that it is us: DNS, network, clock, keys.")
            .query("{{state}}", "sum by (state) (delivery_targets{SERVER})"),
        Panel::lines("Failing servers by reason")
            .says("How many servers fail for which reason. Many of one reason that says \"us\" is ours to mend.")
            .else_says("none fails")
            .query("{{reason}} ({{blame}})", "sum by (reason, blame) (delivery_failing_targets{SERVER})"),
        Panel::table("Servers that fail for long")
            .says("Opt-in: servers that have been failing for over an hour, and for how many seconds. After days, consider giving up on them.")
            .else_says("none, or not switched on")
            .unit("s")
            .called(&[("Value", "for")])
            .query("", "max by (target, reason) (delivery_failing_target_since_seconds{SERVER})"),
        Panel::lines("Received from others by result")
            .says("Activities that others send. Many bad_signature at once: our clock, or a proxy that rewrites requests.")
            .unit("cps")
            .query("{{result}}", rate("result", "federation_inbound_total{PROCESS}")),
        Panel::lines("Inbox: refused share")
            .says("Which part of what others send is refused. A third can be normal (deletions of unknown actors); a jump is not.")
            .unit("percentunit")
            .query(
                "refused",
                r#"sum(rate(http_server_outcomes_total{PROCESS, surface="inbox", outcome="client_error"}[$__rate_interval])) / sum(rate(http_server_outcomes_total{PROCESS, surface="inbox"}[$__rate_interval]))"#,
            ),
    ]
}

fn slow() -> Vec<Panel> {
    let errors = format!(
        "sum by (surface) (rate(http_server_outcomes_total{{PROCESS, outcome=~\"{BAD}\"}}[$__rate_interval])) / sum by (surface) (rate(http_server_outcomes_total{{PROCESS}}[$__rate_interval]))"
    );
    let finished = r#"sum by (queue) (rate(job_finished_total{PROCESS, outcome=~"success|final_failure|discard"}[$__rate_interval]))"#;
    vec![
        Panel::lines("People wait: first byte")
            .says("How long people's requests wait for their first byte: half of them, one in twenty, one in a hundred. Above half a second it feels slow; see stages and the database below.")
            .unit("s")
            .query("p50", quantile("0.5", "", "http_server_time_to_first_byte_seconds", PEOPLE))
            .query("p95", quantile("0.95", "", "http_server_time_to_first_byte_seconds", PEOPLE))
            .query("p99", quantile("0.99", "", "http_server_time_to_first_byte_seconds", PEOPLE)),
        Panel::lines("First byte against last byte, p95")
            .says("The gap between them is the client's line and the size of what is sent. Both high: it is us.")
            .unit("s")
            .query("first byte", quantile("0.95", "", "http_server_time_to_first_byte_seconds", PEOPLE))
            .query("last byte", quantile("0.95", "", "http_server_request_duration_seconds", PEOPLE)),
        Panel::lines("Failing requests by surface")
            .says("The share of requests that end in 5xx, a panic, a timeout or a service's error.")
            .unit("percentunit")
            .query("{{surface}}", errors),
        Panel::lines("Queue: age of the oldest that is ready")
            .says("How late everything is. Absent means unreadable, not empty. Growing: too few workers, or they wait for something.")
            .unit("s")
            .query("{{queue}}", "max by (queue) (job_queue_oldest_ready_age_seconds{SERVER})"),
        Panel::lines("Queue: ready")
            .says("Jobs that could run now. A peak after a popular post is normal, a slope is not.")
            .query("{{queue}}", depth("ready")),
        Panel::lines("Queue: scheduled and waiting for a retry")
            .says("Jobs for later. Retries pile up while many servers fail.")
            .query("{{queue}} scheduled", depth("scheduled"))
            .query("{{queue}} retrying", depth("retrying")),
        Panel::lines("Queue: time until empty")
            .says("What is ready, divided by what is finished a second. Growing without end: it never will be.")
            .unit("s")
            .query("{{queue}}", format!("{} / {finished}", depth("ready"))),
        Panel::lines("Wait in the queue, p95")
            .says("From when a job may run until it does. This is what workers add to the way of a post.")
            .unit("s")
            .query("{{queue}}", quantile("0.95", "queue", "job_wait_seconds", "PROCESS")),
        Panel::lines("Delivery lag")
            .says("From publishing to delivered, of what was delivered: read it beside what was lost.")
            .unit("s")
            .query("p50", quantile("0.5", "", "delivery_lag_seconds", "PROCESS"))
            .query("p95", quantile("0.95", "", "delivery_lag_seconds", "PROCESS")),
        Panel::lines("Inbound lag")
            .says("From publishing elsewhere to stored here: \"posts of others arrive late\". Late senders count too.")
            .unit("s")
            .query("p50", quantile("0.5", "", "federation_inbound_lag_seconds", "PROCESS"))
            .query("p95", quantile("0.95", "", "federation_inbound_lag_seconds", "PROCESS")),
        Panel::lines("Attempts used, p95")
            .says("How many attempts a job needed until its end. Rising: others answer worse, or we ask worse.")
            .query("{{queue}}", quantile("0.95", "queue", "job_attempts", "PROCESS")),
        Panel::lines("Longest running attempt")
            .says("The oldest attempt still running. Above its limit: it hangs; restart its worker and look what it waits for.")
            .unit("s")
            .query("{{worker}}", "max by (worker) (job_longest_running_seconds{PROCESS})"),
    ]
}

fn busy() -> Vec<Panel> {
    vec![
        Panel::stacked("Requests by surface")
            .says("Who asks: people, other servers, scanners (unmatched).")
            .unit("reqps")
            .query("{{surface}}", rate("surface", "http_server_outcomes_total{PROCESS}")),
        Panel::stacked("Requests by outcome")
            .says("How requests end, those included that clients gave up on (cancelled, aborted).")
            .unit("reqps")
            .query("{{outcome}}", rate("outcome", "http_server_outcomes_total{PROCESS}")),
        Panel::lines("Requests and streams under way")
            .says("Requests that have begun and not ended, by surface; live streams and WebSockets.")
            .query("{{surface}}", "sum by (surface) (http_server_active_requests{PROCESS})")
            .query("streams: {{kind}}", "sum by (kind) (http_server_streams{PROCESS})"),
        Panel::stacked("HTTP time per second by route")
            .says("Seconds of the server's own work in each second: the routes to mend first. Totals overlap with stages; do not add them up.")
            .unit("s")
            .query("{{http_route}}", format!("topk(8, {})", rate("http_route", "http_server_handler_seconds_total{PROCESS}"))),
        Panel::stacked("Job time per second by worker")
            .says("Seconds of work in each second: how many slots each kind of job keeps busy.")
            .unit("s")
            .query("{{worker}}", rate("worker", "job_duration_seconds_sum{PROCESS}")),
        Panel::stacked("Time per second by stage")
            .says("Where within requests and jobs the time goes. Nested stages count twice; do not add them to the totals.")
            .unit("s")
            .query("{{stage}}", rate("stage", "stage_seconds_total{PROCESS}")),
        Panel::lines("Database: one statement, p95")
            .says("Waiting for a connection, the statement, reading the answer. Wait high: the pool is too small, or statements are slow.")
            .unit("s")
            .query("{{stage}}", quantile("0.95", "stage", "stage_duration_seconds", r#"PROCESS, stage=~"db_.*""#)),
        Panel::lines("Jobs finished by worker")
            .says("Completions a second.")
            .unit("cps")
            .query("{{worker}}", rate("worker", r#"job_finished_total{PROCESS, outcome="success"}"#)),
        Panel::lines("Job exceptions by worker")
            .says("Attempts that failed. Those that will be tried again are normal in federation, and not in mail.")
            .unit("cps")
            .query("{{worker}} {{outcome}}", rate("worker, outcome", r#"job_finished_total{PROCESS, outcome=~"exception|final_failure"}"#)),
        Panel::lines("Job exceptions by reason")
            .says("Why attempts fail, over all workers.")
            .unit("cps")
            .query("{{reason}}", rate("reason", "job_failures_total{PROCESS}")),
        Panel::lines("Federation: attempts by outcome")
            .says("Receiving and sending: what became of each attempt.")
            .unit("cps")
            .query(
                "{{queue}} {{outcome}}",
                r#"sum by (queue, outcome) (rate(job_finished_total{PROCESS}[$__rate_interval]) * on (job, instance, queue) group_left () group by (job, instance, queue) (job_queue_info{PROCESS, purpose=~"federation_.*"}))"#,
            ),
        Panel::lines("Outgoing requests by status")
            .says("What others answer. Nothing at all: our network or DNS is gone.")
            .unit("reqps")
            .query("{{http_response_status_code}}", rate("http_response_status_code", "http_client_requests_total{PROCESS}")),
        Panel::lines("Outgoing requests by reason")
            .says("Why outgoing requests fail.")
            .unit("reqps")
            .query("{{error_type}}", rate("error_type", r#"http_client_requests_total{PROCESS, error_type!=""}"#)),
        Panel::lines("Slots in use")
            .says("Running jobs against slots. At 1 all the time while jobs are ready: add slots, if the database can bear it.")
            .unit("percentunit")
            .query("{{queue}}", "sum by (queue) (job_in_flight{PROCESS}) / sum by (queue) (job_queue_concurrency{PROCESS})"),
        Panel::lines("Offered minus finished")
            .says("Jobs a second that come in and are not finished. Above 0 for long: the queue grows.")
            .unit("cps")
            .query(
                "{{queue}}",
                r#"sum by (queue) (rate(job_enqueued_total{PROCESS}[$__rate_interval])) - sum by (queue) (rate(job_finished_total{PROCESS, outcome=~"success|final_failure|discard"}[$__rate_interval]))"#,
            ),
    ]
}

fn limits() -> Vec<Panel> {
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

fn weeks() -> Vec<Panel> {
    let shifted = |by: &str| {
        format!("sum(rate(http_server_outcomes_total{{PROCESS}}[$__rate_interval]{by}))")
    };
    vec![
        Panel::lines("Requests: today, yesterday, last week")
            .says("The same hour of other days. Half of last week's: somebody cannot reach us.")
            .unit("reqps")
            .query("now", shifted(""))
            .query("yesterday", shifted(" offset 1d"))
            .query("last week", shifted(" offset 1w")),
        Panel::lines("Jobs per minute, mean of 24 h")
            .says("How the load has grown. Set the dashboard's range to weeks.")
            .unit("cpm")
            .query(
                "finished",
                format!("{} * 60", over("24h", "", "job_finished_total{PROCESS}")),
            ),
        Panel::lines("Requests per minute, mean of 24 h")
            .says("In and out. Set the dashboard's range to weeks.")
            .unit("reqpm")
            .query(
                "in",
                format!(
                    "{} * 60",
                    over("24h", "", "http_server_outcomes_total{PROCESS}")
                ),
            )
            .query(
                "out",
                format!(
                    "{} * 60",
                    over("24h", "", "http_client_requests_total{PROCESS}")
                ),
            ),
        Panel::lines("HTTP time per second, mean of 24 h")
            .says("Seconds of handlers' work in each second.")
            .unit("s")
            .query(
                "handlers",
                over("24h", "", "http_server_handler_seconds_total{PROCESS}"),
            ),
        Panel::lines("Database and job time per second, mean of 48 h")
            .says("Rising faster than requests do: a table has outgrown its index.")
            .unit("s")
            .query(
                "{{stage}}",
                over(
                    "48h",
                    "stage",
                    r#"stage_seconds_total{PROCESS, stage=~"db_.*"}"#,
                ),
            )
            .query("jobs", over("48h", "", "job_duration_seconds_sum{PROCESS}")),
        Panel::lines("Memory, mean of 24 h")
            .says("A line that climbs from restart to restart is a leak.")
            .unit("bytes")
            .query(
                "{{instance}}",
                "avg_over_time(process_resident_memory_bytes{PROCESS}[24h])",
            ),
    ]
}
