//! The metrics of deliveries, and of the servers that they go to.

use fedimetrics_core::{Appears, Label, Metric};

use super::{BLAME, LATE, OUTCOME, REASON};
use crate::labels::{How, Standing};

const TARGET: Label = Label::open("target");

/// Seconds one delivery takes: OpenTelemetry's bounds for an HTTP client, then 30 and 60, so that the last one lies
/// above the usual timeout.
const REQUEST: &[f64] = &[
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 30.0, 60.0,
];

pub(crate) static OFFERED: Metric = Metric::counter(
    "delivery_offered_total",
    "Inboxes offered for delivery, once each. Less those delivered and those lost, it is what is pending.",
);

pub(crate) static LOST: Metric = Metric::counter(
    "delivery_lost_total",
    "Inboxes that will never receive, by how that came about, why, and who has to mend it.",
)
.labels(&[Label::closed("how", How::WORDS), REASON, BLAME]);

pub(crate) static DELIVERY_ATTEMPTS: Metric = Metric::counter(
    "delivery_attempts_total",
    "Attempts to deliver, one an inbox and attempt, by their fate.",
)
.labels(&[OUTCOME]);

pub(crate) static DELIVERY_FAILURES: Metric = Metric::counter(
    "delivery_attempt_failures_total",
    "Attempts to deliver that did not succeed, final or not: why, and who has to mend it.",
)
.labels(&[OUTCOME, REASON, BLAME])
.lazy();

pub(crate) static DELIVERY_DURATION: Metric = Metric::histogram(
    "delivery_duration_seconds",
    "How long one attempt to deliver to one inbox took.",
    REQUEST,
)
.seconds();

pub(crate) static DELIVERY_LAG: Metric = Metric::histogram(
    "delivery_lag_seconds",
    "From publishing to delivered. Survivors only: read it beside the lost.",
    LATE,
)
.seconds();

pub(crate) static TARGETS: Metric = Metric::gauge(
    "delivery_targets",
    "Distinct remote servers of the last 24 hours, by how the latest delivery to each ended; at most 50,000 are told apart.",
)
.labels(&[Label::closed("state", Standing::WORDS)])
.at_scrape();

pub(crate) static TARGETS_UNTRACKED: Metric = Metric::counter(
    "delivery_targets_untracked_total",
    "Deliveries to servers that are not among those told apart, because there are 50,000 of them.",
);

pub(crate) static FAILING_TARGETS: Metric = Metric::gauge(
    "delivery_failing_targets",
    "Distinct remote servers of the last 24 hours to which the latest delivery failed, final or not: why, and who has to mend it.",
)
.labels(&[REASON, BLAME])
.at_scrape()
.appears(Appears::When("a delivery failed"));

pub(crate) static FAILING_TARGET_SINCE: Metric = Metric::gauge(
    "delivery_failing_target_since_seconds",
    "For how long deliveries to a remote server have failed; at most 50 servers, those that have for longest.",
)
.labels(&[TARGET, REASON])
.seconds()
.at_scrape()
.appears(Appears::When("`Targets` are declared with `with_lasting`"));

pub(crate) static TARGET_ATTEMPTS: Metric = Metric::counter(
    "delivery_target_attempts_total",
    "Attempts to deliver by their fate, to the remote servers that were named to be counted and to all others.",
)
.labels(&[TARGET, OUTCOME])
.appears(Appears::When("`Targets` are declared with `with_named`"));
