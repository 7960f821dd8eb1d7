//! Pressure: what is waited for.

use super::{RESOURCES, SCOPES};
use crate::label::Label;
use crate::metric::{Appears, Metric};

const LABELS: &[Label] = &[
    Label::closed("resource", RESOURCES),
    Label::closed("scope", SCOPES),
];
const PSI: Appears = Appears::When("the kernel counts it (PSI, Linux 4.20)");

pub(crate) static PRESSURE_WAITING: Metric = Metric::fractional_counter(
    "pressure_waiting_seconds_total",
    "Time in which something waited for a core, a disk or memory: in the own cgroup, or else on the whole host.",
)
.labels(LABELS)
.seconds()
.at_scrape()
.appears(PSI);

pub(crate) static PRESSURE_STALLED: Metric = Metric::fractional_counter(
    "pressure_stalled_seconds_total",
    "Time in which nothing went on because everything waited for a core, a disk or memory.",
)
.labels(LABELS)
.seconds()
.at_scrape()
.appears(PSI);
