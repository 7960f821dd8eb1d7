//! Inside: an attempt as the work within it sees it.

use std::sync::Arc;

use fedimetrics_core::Reason;

use crate::delivery::Delivery;
use crate::labels::Outcome;
use crate::ledger::Ledger;
use crate::target::Host;

/// An attempt as the work within it sees it. Given by [`Prepared::run_with`](crate::Prepared::run_with); clones are the
/// same attempt, and can go to other tasks.
#[derive(Clone, Debug)]
pub struct Inside {
    ledger: Arc<Ledger>,
}

impl Inside {
    pub(crate) const fn new(ledger: Arc<Ledger>) -> Self {
        Self { ledger }
    }

    /// Begins to deliver to one of the job's inboxes. From then on the attempt is as many inboxes as it has such
    /// deliveries (or as [`Attempt::inboxes`](crate::Attempt::inboxes) says), and none by itself.
    ///
    /// `host` is for the log line of its loss and for [`Targets`](crate::Targets), and never a label unless it was asked for
    /// there; of an address, the host counts. In a job that was not declared as a delivery it counts
    /// nothing.
    pub fn delivery(&self, host: &str) -> Delivery {
        Delivery::begin(self.ledger.clone(), Host::of(host))
    }

    /// Says what is to be made of this attempt when its future completes, whatever its `Result`. The last word stands.
    /// The reason is not used for a success. A panic, and being dropped, are counted as what they are.
    pub fn ends_as(&self, outcome: Outcome, reason: Reason) {
        self.ledger.say(outcome, reason);
    }
}
