//! Expressions that several panels ask.

/// The range over which a rate is shown at the moment.
const NOW: &str = "$__rate_interval";

/// So much a second of a counter, by these labels.
pub(super) fn rate(by: &str, counter: &str) -> String {
    over(NOW, by, counter)
}

/// The same over another range.
pub(super) fn over(range: &str, by: &str, counter: &str) -> String {
    if by.is_empty() {
        format!("sum(rate({counter}[{range}]))")
    } else {
        format!("sum by ({by}) (rate({counter}[{range}]))")
    }
}

/// The same without what has never happened in the time that is looked at: a declared family has a series for whatever can.
pub(super) fn happened(by: &str, counter: &str) -> String {
    let now = rate(by, counter);
    format!("{now} and sum by ({by}) (increase({counter}[$__range])) > 0")
}

/// A quantile of a histogram (its name without `_bucket`, and its filter), by these labels.
pub(super) fn quantile(which: &str, by: &str, histogram: &str, filter: &str) -> String {
    let by = if by.is_empty() {
        "le".to_owned()
    } else {
        format!("le, {by}")
    };
    format!(
        "histogram_quantile({which}, sum by ({by}) (rate({histogram}_bucket{{{filter}}}[{NOW}])))"
    )
}

/// How deep queues are in a state: what all processes share once, what each has of its own together.
pub(super) fn depth(state: &str) -> String {
    let scoped = |scope: &str| {
        format!(
            "max by (job, queue, scope{instance}) (job_queue_depth{{SERVER, state=\"{state}\"}} \
             * on (job, instance, queue) group_left (scope) job_queue_info{{SERVER, scope=\"{scope}\"}})",
            instance = if scope == "local" { ", instance" } else { "" },
        )
    };
    format!(
        "sum by (queue) ({} or {})",
        scoped("shared"),
        scoped("local")
    )
}
