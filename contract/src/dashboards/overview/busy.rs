//! Busy: who is busy?

use crate::dashboards::Panel;
use crate::dashboards::expression::{happened, quantile, rate};

pub(super) fn panels() -> Vec<Panel> {
    vec![
        Panel::stacked("Requests by surface")
            .says("Who asks: people, other servers, scanners (unmatched).")
            .unit("reqps")
            .query("{{surface}}", rate("surface", "http_server_outcomes_total{PROCESS}")),
        Panel::stacked("Requests by outcome")
            .says("How requests end, those included that clients gave up on (cancelled, aborted).")
            .unit("reqps")
            .query("{{outcome}}", happened("outcome", "http_server_outcomes_total{PROCESS}")),
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
            .query("{{worker}} {{outcome}}", happened("worker, outcome", r#"job_finished_total{PROCESS, outcome=~"exception|final_failure"}"#)),
        Panel::lines("Job exceptions by reason")
            .says("Why attempts fail, over all workers.")
            .unit("cps")
            .query("{{reason}}", happened("reason", "job_failures_total{PROCESS}")),
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
            .query("{{http_response_status_code}}", rate("http_response_status_code", r#"http_client_requests_total{PROCESS, http_response_status_code!=""}"#)),
        Panel::lines("Outgoing requests by reason")
            .says("Why outgoing requests fail.")
            .unit("reqps")
            .query("{{error_type}}", happened("error_type", r#"http_client_requests_total{PROCESS, error_type!=""}"#)),
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
