//! Slow: is anything slow?

use crate::dashboards::Panel;
use crate::dashboards::expression::{depth, quantile};

const PEOPLE: &str = r#"PROCESS, surface=~"client_api|web|media|streaming""#;
const BAD: &str = "server_error|panic|timeout|service";

pub(super) fn panels() -> Vec<Panel> {
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
