//! Waiting: for a connection, until this is dropped.

use std::fmt;
use std::sync::Arc;

use quanta::Instant;

use super::meters::Meters;

/// Somebody who waits for a connection, until this is dropped.
pub(super) struct Waiting {
    /// `None` where there was no recorder when it began.
    meters: Option<Arc<Meters>>,
    begun: Instant,
}

impl Waiting {
    pub(super) fn begin(meters: Option<Arc<Meters>>) -> Self {
        if let Some(meters) = &meters {
            meters.pending.increment(1.0);
        }
        Self {
            meters,
            begun: Instant::now(),
        }
    }

    /// The pool had none to give in time.
    pub(super) fn timed_out(&self) {
        if let Some(meters) = &self.meters {
            meters.timeouts.increment(1);
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(meters) = &self.meters {
            meters.wait.record(self.begun.elapsed().as_secs_f64());
            meters.pending.decrement(1.0);
        }
    }
}

impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiting").finish_non_exhaustive()
    }
}
