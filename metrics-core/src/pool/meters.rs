//! Meters: the handles of one pool's series.

use metrics::{Counter, Gauge, Histogram};

use crate::catalogue::{POOL_PENDING, POOL_TIMEOUTS, POOL_WAIT};
use crate::sink::{Sink, is_noop};

/// The handles of one pool's series.
#[derive(Debug)]
pub(super) struct Meters {
    pub(super) pending: Gauge,
    pub(super) wait: Histogram,
    pub(super) timeouts: Counter,
}

impl Meters {
    /// Makes all series of this pool, at 0.
    pub(super) fn resolve(sink: &Sink, pool: &str) -> Self {
        Self {
            pending: sink.gauge(&POOL_PENDING, &[pool]),
            wait: sink.histogram(&POOL_WAIT, &[pool]),
            timeouts: sink.counter(&POOL_TIMEOUTS, &[pool]),
        }
    }

    /// Whether there was no recorder when they were made.
    pub(super) fn are_noop(&self) -> bool {
        is_noop(&self.pending)
    }
}
