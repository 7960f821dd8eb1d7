//! Weeks: how has that changed?

use crate::dashboards::Panel;
use crate::dashboards::expression::over;

pub(super) fn panels() -> Vec<Panel> {
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
