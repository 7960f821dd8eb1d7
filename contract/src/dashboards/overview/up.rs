//! Up: is it up?

use crate::dashboards::Panel;

pub(super) fn panels() -> Vec<Panel> {
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
