//! The metrics of what other servers send.

use fedimetrics_core::{Appears, Label, Metric};

use super::LATE;
use crate::inbound::RESULTS;

/// Where it has to be declared for a metric to be there.
const DECLARED: Appears = Appears::When("an `Inbound` is watched");

pub(crate) static INBOUND: Metric = Metric::counter(
    "federation_inbound_total",
    "Activities that other servers sent, by what became of them.",
)
.labels(&[Label::closed("result", &RESULTS)])
.appears(DECLARED);

pub(crate) static INBOUND_LAG: Metric = Metric::histogram(
    "federation_inbound_lag_seconds",
    "From publishing, as the other server says, to stored here; 0 where its clock is ahead.",
    LATE,
)
.seconds()
.appears(DECLARED);

pub(crate) static INBOUND_LAST_ACCEPTED: Metric = Metric::gauge(
    "federation_inbound_last_accepted_timestamp_seconds",
    "When an activity of another server was last taken, in Unix time; 0 if none was since the process started.",
)
.seconds()
.appears(DECLARED);
