//! Lost: is anything lost?

use crate::dashboards::Panel;
use crate::dashboards::expression::{happened, rate};

pub(super) fn panels() -> Vec<Panel> {
    vec![
        Panel::table("Lost deliveries, 7 days")
            .says("Inboxes that will never receive what was sent. Blame \"us\" needs you at once, \"gone\" is usually a dead server. The guide has a table of all reasons.")
            .else_says("nothing was lost")
            .called(&[("Value", "inboxes")])
            .query("", "round(sum by (how, reason, blame) (increase(delivery_lost_total{PROCESS}[7d]))) > 0"),
        Panel::bars("Lost deliveries by reason")
            .says("When they were lost, inboxes a second. One column of one reason is an incident; a little of everything is the fediverse.")
            .else_says("nothing was lost")
            .unit("cps")
            .query("{{reason}}", "sum by (reason) (rate(delivery_lost_total{PROCESS}[$__rate_interval])) > 0"),
        Panel::lines("Delivered and lost")
            .says("Inboxes a second. Lost as high as delivered: look at the reasons.")
            .unit("cps")
            .query("delivered", rate("", r#"delivery_attempts_total{PROCESS, outcome="success"}"#))
            .query("lost: {{how}}", happened("how", "delivery_lost_total{PROCESS}")),
        Panel::lines("Failed attempts by reason")
            .says("Why attempts fail right now, whether or not they are tried again: what is lost tomorrow shows here today.")
            .unit("cps")
            .query("{{reason}} ({{blame}})", happened("reason, blame", "delivery_attempt_failures_total{PROCESS}")),
        Panel::lines("Servers by their latest delivery")
            .says("Distinct servers of the last 24 hours. Failing together in large numbers means that it is us: DNS, network, clock, keys.")
            .query("{{state}}", "sum by (state) (delivery_targets{SERVER})"),
        Panel::stacked("Failing servers by reason")
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
            .query("{{result}}", happened("result", "federation_inbound_total{PROCESS}")),
        Panel::lines("Inbox: refused share")
            .says("Which part of what others send is refused. A third can be normal (deletions of unknown actors); a jump is not.")
            .unit("percentunit")
            .query(
                "refused",
                r#"sum(rate(http_server_outcomes_total{PROCESS, surface="inbox", outcome="client_error"}[$__rate_interval])) / sum(rate(http_server_outcomes_total{PROCESS, surface="inbox"}[$__rate_interval]))"#,
            ),
    ]
}
