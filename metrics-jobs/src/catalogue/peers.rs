//! The metrics of the servers that a host delivers to.

use fedimetrics_core::{Appears, Label, Metric};

use super::QUEUE;
use crate::labels::PeerState;
use crate::peers::STATS;

/// Where it has to be reported for a metric to be there.
const REPORTED: Appears = Appears::When("`Peers` are watched and reported");

pub(crate) static PEERS: Metric = Metric::gauge(
    "delivery_peers",
    "Remote servers that posts are delivered to, at the last report, by state. Absent when there is no fresh report.",
)
.labels(&[QUEUE, Label::closed("state", PeerState::WORDS)])
.at_scrape()
.appears(REPORTED);

pub(crate) static PEER_LAG: Metric = Metric::gauge(
    "delivery_peer_lag_seconds",
    "How late those remote servers are that are not dead: a late median is us, a late maximum is them. Absent when there is no fresh report.",
)
.labels(&[QUEUE, Label::closed("stat", STATS)])
.seconds()
.at_scrape()
.appears(REPORTED);
