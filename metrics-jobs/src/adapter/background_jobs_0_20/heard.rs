//! Heard: the word that a job leaves for the storage, which learns that it failed and not why.

use std::cell::Cell;

use fedimetrics_core::Reason;

/// Why the job of that name failed.
#[derive(Clone, Copy, Debug)]
struct Heard {
    name: &'static str,
    reason: Reason,
}

thread_local! {
    /// A worker completes a job in the same poll in which that ends, so nothing else of this thread comes in between.
    static HEARD: Cell<Option<Heard>> = const { Cell::new(None) };
}

/// What a job leaves.
pub(super) fn leave(name: &'static str, reason: Option<Reason>) {
    HEARD.set(reason.map(|reason| Heard { name, reason }));
}

/// What the job of this name left, once.
pub(super) fn take(name: &str) -> Option<Reason> {
    let heard = HEARD.take()?;
    (heard.name == name).then_some(heard.reason)
}
