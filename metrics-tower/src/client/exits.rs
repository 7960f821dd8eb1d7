//! Exits: the counters of the ways in which requests have ended so far.

use std::sync::OnceLock;

use metrics::Counter;

use super::ended::Ended;
use crate::method::Method;

/// One way in which a request ended: the last labels of its counter.
pub(super) type Exit = (Method, Ended);

/// The counters of the ways in which requests have ended so far.
///
/// A list that only grows, eight at a time, and no longer than there are words: a slot is empty or final, so counting
/// takes no lock. The first few are almost all there is; a server that delivers to thousands sees forty.
#[derive(Debug, Default)]
pub(super) struct Exits {
    seen: [OnceLock<(Exit, Counter)>; 8],
    more: OnceLock<Box<Self>>,
}

impl Exits {
    /// The counter of this one, resolved if it is the first.
    pub(super) fn counter(&self, exit: Exit, resolve: impl Fn() -> Counter) -> &Counter {
        let mut exits = self;
        loop {
            for slot in &exits.seen {
                let (seen, counter) = slot.get_or_init(|| (exit, resolve()));
                if *seen == exit {
                    return counter;
                }
            }
            exits = exits.more.get_or_init(Box::default);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use fedimetrics_core::Reason;

    use super::*;
    use crate::method;

    #[test]
    fn every_way_is_resolved_once() {
        let exits = Exits::default();
        let resolved = Cell::new(0);
        for _ in 0..3 {
            for reason in Reason::all() {
                let method = method::STANDARD.of(&http::Method::POST);
                exits.counter((method, Ended::Failed(reason)), || {
                    resolved.set(resolved.get() + 1);
                    Counter::noop()
                });
            }
        }
        assert_eq!(resolved.get(), Reason::COUNT);
    }
}
