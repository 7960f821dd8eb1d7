//! HTTP in detail: which route, which status, which surface.

use super::expression::{happened, quantile, rate};
use super::{Dashboard, Panel};

pub(super) fn dashboard() -> Dashboard {
    Dashboard::new("http", "Fediverse server: HTTP")
        .section("How do requests end?", ends())
        .section("How long do they take?", durations())
        .section("Which routes?", routes())
        .section("What do we ask of others?", outgoing())
}

fn ends() -> Vec<Panel> {
    let share = |range: &str, label: &str, from: &str, to: &str| {
        let bucket = |le: &str| {
            format!(
                "sum(rate(http_server_time_to_first_byte_seconds_bucket{{PROCESS, le=\"{le}\"}}[{range}]))"
            )
        };
        let (of, below) = (
            bucket("+Inf"),
            if from.is_empty() {
                String::new()
            } else {
                format!(" - {}", bucket(from))
            },
        );
        (label.to_owned(), format!("({}{below}) / {of}", bucket(to)))
    };
    let mut speed = Panel::stacked("Quick, medium, slow")
        .says("Shares of requests whose first byte came within a tenth of a second, within one, and later. Slow growing: see the stages of the slowest route.")
        .unit("percentunit")
        .up_to(1.0);
    for (label, expression) in [
        share("$__rate_interval", "quick (below 0.1 s)", "", "0.1"),
        share("$__rate_interval", "medium (to 1 s)", "0.1", "1"),
        share("$__rate_interval", "slow", "1", "+Inf"),
    ] {
        speed = speed.query(&label, expression);
    }
    vec![
        Panel::stacked("Outcomes")
            .says("ok, refused (client_error), failed (server_error, panic, timeout, service), or given up by the client before (cancelled) or after (aborted) the head.")
            .unit("reqps")
            .query("{{outcome}}", happened("outcome", "http_server_outcomes_total{PROCESS}")),
        Panel::lines("Failures by surface and outcome")
            .says("What has failed of late, by who met it. Panics are bugs: the log has the place.")
            .unit("reqps")
            .query(
                "{{surface}} {{outcome}}",
                happened("surface, outcome", r#"http_server_outcomes_total{PROCESS, outcome=~"server_error|panic|timeout|service|body"}"#),
            )
            .else_says("none"),
        speed,
        Panel::lines("Statuses")
            .says("By number; what was given up before there was one is beside this. A jump of 401 or 403 in the inbox: signatures. Of 429: our own limits.")
            .unit("reqps")
            .query("{{http_response_status_code}}", rate("http_response_status_code", r#"http_server_requests_total{PROCESS, http_response_status_code!=""}"#)),
        Panel::lines("Refused (4xx) by route")
            .says("Where clients are refused. `unmatched` is scanners.")
            .unit("reqps")
            .query(
                "{{http_route}} {{http_response_status_code}}",
                format!("topk(10, {})", rate("http_route, http_response_status_code", r#"http_server_requests_total{PROCESS, http_response_status_code=~"4.."}"#)),
            ),
        Panel::lines("Failed by route")
            .says("Routes that answer 5xx, panic or time out.")
            .else_says("none")
            .unit("reqps")
            .query(
                "{{http_route}} {{error_type}}",
                format!("topk(10, {})", rate("http_route, error_type", r#"http_server_requests_total{PROCESS, error_type!~"|cancelled|aborted"}"#)),
            ),
        Panel::lines("Given up by clients")
            .says("Cancelled before the head, aborted within the body. Rising with the wait: people lose patience.")
            .unit("reqps")
            .else_says("none")
            .query("{{surface}} {{outcome}}", happened("surface, outcome", r#"http_server_outcomes_total{PROCESS, outcome=~"cancelled|aborted"}"#)),
        Panel::lines("Under way")
            .says("Requests begun and not ended. A plateau at a round number is a limit of yours.")
            .query("{{surface}}", "sum by (surface) (http_server_active_requests{PROCESS})"),
        Panel::lines("Streams")
            .says("Live event streams and WebSockets. All falling at once is a restart.")
            .query("{{http_route}} {{kind}}", "sum by (http_route, kind) (http_server_streams{PROCESS})"),
    ]
}

fn durations() -> Vec<Panel> {
    vec![
        Panel::lines("First byte by surface, p95")
            .says(
                "The server's own share: from the end of the request to the head of the response.",
            )
            .unit("s")
            .query(
                "{{surface}}",
                quantile(
                    "0.95",
                    "surface",
                    "http_server_time_to_first_byte_seconds",
                    "PROCESS",
                ),
            ),
        Panel::lines("Last byte by surface, p95")
            .says("The client's line included.")
            .unit("s")
            .query(
                "{{surface}}",
                quantile(
                    "0.95",
                    "surface",
                    "http_server_request_duration_seconds",
                    "PROCESS",
                ),
            ),
        Panel::lines("Last byte by surface, p50")
            .says("The usual request.")
            .unit("s")
            .query(
                "{{surface}}",
                quantile(
                    "0.5",
                    "surface",
                    "http_server_request_duration_seconds",
                    "PROCESS",
                ),
            ),
        Panel::top("Slowest routes, p95")
            .says("The whole duration of one request in twenty.")
            .unit("s")
            .query(
                "{{http_route}}",
                format!(
                    "topk(10, {} > 0)",
                    quantile(
                        "0.95",
                        "http_route",
                        "http_server_request_duration_seconds",
                        "PROCESS"
                    )
                ),
            ),
        Panel::top("Weight: p99 × rate")
            .says("Slow and often: where mending helps the most people.")
            .query(
                "{{http_route}}",
                format!(
                    "topk(10, {} * {} > 0)",
                    quantile(
                        "0.99",
                        "http_route",
                        "http_server_request_duration_seconds",
                        "PROCESS"
                    ),
                    rate(
                        "http_route",
                        "http_server_request_duration_seconds_count{PROCESS}"
                    )
                ),
            ),
        Panel::lines("Lifetime of streams, p50")
            .says("How long ended streams lived. Minutes: a proxy cuts them.")
            .unit("s")
            .query(
                "{{kind}}",
                quantile(
                    "0.5",
                    "kind",
                    "http_server_stream_duration_seconds",
                    "PROCESS",
                ),
            ),
    ]
}

fn routes() -> Vec<Panel> {
    vec![
        Panel::top("Requests by route")
            .says("The busiest routes.")
            .unit("reqps")
            .query("{{http_route}}", format!("topk(10, {} > 0)", rate("http_route", "http_server_requests_total{PROCESS}"))),
        Panel::top("Handler time by route")
            .says("Seconds of the server's work in each second. The client's line is not in it.")
            .unit("s")
            .query("{{http_route}}", format!("topk(5, {} > 0)", rate("http_route", "http_server_handler_seconds_total{PROCESS}"))),
        Panel::top("Busy time by route")
            .says("Opt-in: seconds in which handlers really held a worker. Near to the handler time: it computes, and should move to a blocking thread.")
            .unit("s")
            .else_says("not switched on")
            .query("{{http_route}}", format!("topk(10, {} > 0)", rate("http_route", "http_server_busy_seconds_total{PROCESS}"))),
        Panel::top("Stages of routes")
            .says("Where within a route the time goes: \"the database takes 80 % of POST /inbox\".")
            .unit("s")
            .query("{{http_route}} {{stage}}", format!("topk(10, {} > 0)", rate("http_route, stage", r#"stage_seconds_total{PROCESS, http_route!=""}"#))),
        Panel::top("Sent by route")
            .says("Bytes a second of response bodies.")
            .unit("Bps")
            .query("{{http_route}}", format!("topk(10, {} > 0)", rate("http_route", "http_server_response_body_bytes_total{PROCESS}"))),
        Panel::top("Received by route")
            .says("Opt-in: bytes a second of request bodies.")
            .unit("Bps")
            .else_says("not switched on")
            .query("{{http_route}}", format!("topk(10, {} > 0)", rate("http_route", "http_server_request_body_bytes_total{PROCESS}"))),
    ]
}

fn outgoing() -> Vec<Panel> {
    vec![
        Panel::stacked("Outgoing by purpose")
            .says("What we ask others for.")
            .unit("reqps")
            .query("{{purpose}}", rate("purpose", "http_client_requests_total{PROCESS}")),
        Panel::lines("Outgoing: duration, p95")
            .says("To the head of the response. Everything slow at once is our own network.")
            .unit("s")
            .query("{{purpose}}", quantile("0.95", "purpose", "http_client_request_duration_seconds", "PROCESS")),
        Panel::lines("Outgoing under way")
            .says("A plateau is a limit of the client.")
            .query("{{purpose}}", "sum by (purpose) (http_client_active_requests{PROCESS})"),
        Panel::lines("Outgoing by status")
            .says("What others answer. Who does not answer is under failures.")
            .unit("reqps")
            .query("{{http_response_status_code}}", rate("http_response_status_code", r#"http_client_requests_total{PROCESS, http_response_status_code!=""}"#)),
        Panel::lines("Outgoing failures")
            .says("Why they fail, by purpose. See the table of reasons in the guide.")
            .unit("reqps")
            .else_says("none")
            .query("{{purpose}} {{error_type}}", happened("purpose, error_type", r#"http_client_requests_total{PROCESS, error_type!=""}"#)),
        Panel::lines("Outgoing: failing share by purpose")
            .says("Half of deliveries failing is no news for a single-user server with many dead followers; half of fetches is.")
            .unit("percentunit")
            .query(
                "{{purpose}}",
                r#"sum by (purpose) (rate(http_client_requests_total{PROCESS, error_type!=""}[$__rate_interval])) / sum by (purpose) (rate(http_client_requests_total{PROCESS}[$__rate_interval]))"#,
            ),
    ]
}
