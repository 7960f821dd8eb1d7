//! Budget: a rule of the host's own, in front of every request to others.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// What may be asked of others, and whether that much has been asked.
#[derive(Clone, Debug, Default)]
pub struct Budget {
    spent: Arc<AtomicBool>,
}

/// It has. Who wrote this did not think of a reason, which [`fedimetrics_core::Reason`] would find as the error's source: the
/// administrator is told that there is such an error, and sees `other`.
#[derive(Debug, thiserror::Error)]
#[error("the budget is spent")]
pub struct Spent;

impl Budget {
    /// From now on it is spent, or there is some.
    pub fn spend(&self, spent: bool) {
        self.spent.store(spent, Ordering::Relaxed);
    }

    /// One more request.
    ///
    /// # Errors
    ///
    /// When it is spent.
    pub fn take(&self) -> Result<(), Spent> {
        if self.spent.load(Ordering::Relaxed) {
            Err(Spent)
        } else {
            Ok(())
        }
    }
}
