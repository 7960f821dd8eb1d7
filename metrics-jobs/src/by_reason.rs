//! ByReason: one counter for each reason, resolved when the reason is first seen.

use std::fmt;
use std::sync::OnceLock;

use fedimetrics_core::Reason;
use metrics::Counter;

/// One counter for each reason. Room for all of them is made with the first: most jobs never fail in most ways.
#[derive(Default)]
pub(crate) struct ByReason {
    counters: OnceLock<Box<[OnceLock<Counter>]>>,
}

impl ByReason {
    /// Adds to the counter of this reason. After the first time it allocates nothing.
    pub(crate) fn add(&self, reason: Reason, count: u64, resolve: impl FnOnce() -> Counter) {
        let room = || (0..Reason::PLACES).map(|_| OnceLock::new()).collect();
        if let Some(counter) = self.counters.get_or_init(room).get(reason.index()) {
            counter.get_or_init(resolve).increment(count);
        }
    }
}

impl fmt::Debug for ByReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seen = self.counters.get().map_or(0, |counters| {
            counters
                .iter()
                .filter(|counter| counter.get().is_some())
                .count()
        });
        f.debug_struct("ByReason").field("seen", &seen).finish()
    }
}
