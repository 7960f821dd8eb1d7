//! Jobs and deliveries in detail.

use super::expression::{depth, happened, quantile, rate};
use super::{Dashboard, Panel};

pub(super) fn dashboard() -> Dashboard {
    Dashboard::new("jobs", "Fediverse server: jobs and deliveries")
        .section("Do others receive what we post?", deliveries())
        .section("What waits?", queues())
        .section("What runs?", workers())
        .section("What do others send?", inbound())
}

fn deliveries() -> Vec<Panel> {
    vec![
        Panel::table("Lost, 24 h")
            .says("Inboxes that will never receive, by how, why and whose fault.")
            .else_says("nothing was lost")
            .called(&[("Value", "inboxes")])
            .query("", "round(sum by (how, reason, blame) (increase(delivery_lost_total{PROCESS}[24h]))) > 0"),
        Panel::lines("Lost by blame")
            .says("us: yours to mend, now. them: theirs. gone: dead servers. unclear: one reply cannot tell.")
            .unit("cps")
            .query("{{blame}}", rate("blame", "delivery_lost_total{PROCESS}")),
        Panel::lines("Attempts by outcome")
            .says("One an inbox and attempt. exception will be tried again.")
            .unit("cps")
            .query("{{outcome}}", rate("outcome", "delivery_attempts_total{PROCESS}")),
        Panel::lines("Failed attempts by reason")
            .says("Why, at once and not a day later.")
            .unit("cps")
            .query("{{reason}}", happened("reason", "delivery_attempt_failures_total{PROCESS}")),
        Panel::lines("Books: pending inboxes")
            .says("Offered minus delivered minus lost since the start. Growing without end: retries pile up.")
            .query(
                "pending",
                r#"sum(delivery_offered_total{PROCESS}) - sum(delivery_attempts_total{PROCESS, outcome="success"}) - sum(delivery_lost_total{PROCESS})"#,
            ),
        Panel::lines("One attempt, p50 and p95")
            .says("At the timeout: others hang.")
            .unit("s")
            .query("p50", quantile("0.5", "", "delivery_duration_seconds", "PROCESS"))
            .query("p95", quantile("0.95", "", "delivery_duration_seconds", "PROCESS")),
        Panel::lines("Lag of delivered posts")
            .says("From publishing to delivered; survivors only.")
            .unit("s")
            .query("p50", quantile("0.5", "", "delivery_lag_seconds", "PROCESS"))
            .query("p95", quantile("0.95", "", "delivery_lag_seconds", "PROCESS")),
        Panel::lines("Peers by state")
            .says("The servers that we deliver to, by how they do: current, behind, failing, dead.")
            .else_says("this server does not tell of each")
            .query("{{state}}", "sum by (state) (delivery_peers{SERVER})"),
        Panel::lines("Peers: how far behind")
            .says("A late median is us, a late maximum is them.")
            .unit("s")
            .else_says("this server does not tell of each")
            .query("{{stat}}", "max by (stat) (delivery_peer_lag_seconds{SERVER})"),
    ]
}

fn queues() -> Vec<Panel> {
    vec![
        Panel::table("Queues")
            .says("What each is for, whether all processes share it, and whether it can be read. Believe depth and age only where it is.")
            .called(&[("Value", "can be read")])
            .words("no", "yes")
            .query("", "min by (queue, purpose, scope) (job_queue_probe_success{SERVER} * on (job, instance, queue) group_left (purpose, scope) job_queue_info{SERVER})"),
        Panel::lines("Ready")
            .says("Could run now.")
            .query("{{queue}}", depth("ready")),
        Panel::lines("Oldest ready")
            .says("How late it is.")
            .unit("s")
            .query("{{queue}}", "max by (queue) (job_queue_oldest_ready_age_seconds{SERVER})"),
        Panel::lines("Scheduled")
            .says("For later, on purpose.")
            .query("{{queue}}", depth("scheduled")),
        Panel::lines("Waiting for a retry")
            .says("Has failed, and will be tried again.")
            .query("{{queue}}", depth("retrying")),
        Panel::lines("Dead")
            .says("Out of retries and still in the table. Growing: look at one of them.")
            .query("{{queue}}", depth("dead")),
        Panel::lines("Reading the queue")
            .says("How long it takes to read a queue's depth. Near its timeout: the database is slow.")
            .unit("s")
            .query("{{queue}}", "max by (queue) (job_queue_probe_duration_seconds{SERVER})"),
        Panel::lines("Offered")
            .says("Jobs a second.")
            .unit("cps")
            .query("{{queue}}", rate("queue", "job_enqueued_total{PROCESS}")),
        Panel::lines("Dropped")
            .says("Offered and never run: full, backing off, expired, blocked.")
            .else_says("none was dropped")
            .unit("cps")
            .query("{{queue}} {{reason}}", happened("queue, reason", "job_dropped_total{PROCESS}")),
    ]
}

fn workers() -> Vec<Panel> {
    vec![
        Panel::lines("Outcomes")
            .says("What became of attempts. cancelled is a shutdown, no failure.")
            .unit("cps")
            .query("{{worker}} {{outcome}}", happened("worker, outcome", "job_finished_total{PROCESS}")),
        Panel::lines("Failures by worker and reason")
            .says("A worker that only fails with one reason has one cause.")
            .unit("cps")
            .query("{{worker}} {{reason}}", happened("worker, reason", "job_failures_total{PROCESS}")),
        Panel::top("Top workers by time")
            .says("Seconds of work in each second.")
            .unit("s")
            .query("{{worker}}", format!("topk(5, {} > 0)", rate("worker", "job_duration_seconds_sum{PROCESS}"))),
        Panel::lines("Running against slots")
            .says("Attempts under way, and slots.")
            .query("{{queue}} running", "sum by (queue) (job_in_flight{PROCESS})")
            .query("{{queue}} slots", "sum by (queue) (job_queue_concurrency{PROCESS})"),
        Panel::lines("Slots needed")
            .says("Seconds of work that come in per second: fewer slots than this and the queue grows.")
            .query("{{queue}}", rate("queue", "job_duration_seconds_sum{PROCESS}")),
        Panel::lines("Duration, p95")
            .says("Of one attempt.")
            .unit("s")
            .query("{{worker}}", quantile("0.95", "worker", "job_duration_seconds", "PROCESS")),
        Panel::lines("Wait, p95")
            .says("From when it may run until it does.")
            .unit("s")
            .query("{{queue}}", quantile("0.95", "queue", "job_wait_seconds", "PROCESS")),
        Panel::lines("Age at the end, p95")
            .says("From creation until it succeeded or was given up.")
            .unit("s")
            .query("{{queue}}", quantile("0.95", "queue", "job_age_seconds", "PROCESS")),
        Panel::lines("Attempts used, p95")
            .says("At the end, however it ended.")
            .query("{{worker}}", quantile("0.95", "worker", "job_attempts", "PROCESS")),
        Panel::lines("Longest running")
            .says("Age of the oldest attempt under way, and the limit where there is one.")
            .unit("s")
            .query("{{worker}}", "max by (worker) (job_longest_running_seconds{PROCESS})")
            .query("{{worker}} limit", "max by (worker) (job_time_limit_seconds{PROCESS})"),
        Panel::table("Last success")
            .says("How long ago each kind of job succeeded last. A periodic one that is later than its interval is overdue.")
            .unit("s")
            .called(&[("Value", "ago")])
            .query("", "time() - max by (queue, worker) (job_last_success_timestamp_seconds{PROCESS} > 0)"),
        Panel::top("Stages of workers")
            .says("Where within a job the time goes.")
            .unit("s")
            .query("{{worker}} {{stage}}", format!("topk(10, {} > 0)", rate("worker, stage", r#"stage_seconds_total{PROCESS, worker!=""}"#))),
    ]
}

fn inbound() -> Vec<Panel> {
    vec![
        Panel::lines("By result")
            .says("accepted, duplicate (normal), bad_signature, key_unavailable, blocked, unsupported, malformed, error (ours).")
            .unit("cps")
            .query("{{result}}", happened("result", "federation_inbound_total{PROCESS}")),
        Panel::lines("Inbound lag")
            .says("From publishing elsewhere to stored here.")
            .unit("s")
            .query("p50", quantile("0.5", "", "federation_inbound_lag_seconds", "PROCESS"))
            .query("p95", quantile("0.95", "", "federation_inbound_lag_seconds", "PROCESS")),
        Panel::lines("Inbox requests by outcome")
            .says("The HTTP side of the same.")
            .unit("reqps")
            .query("{{outcome}}", happened("outcome", r#"http_server_outcomes_total{PROCESS, surface="inbox"}"#)),
    ]
}
