//! Current: the attempt that the thread is in, lent to the layers within for as long as it is polled.

use std::cell::Cell;
use std::ptr;

use fedimetrics_core::Reason;

use crate::job::Job;
use crate::run::Run;

/// An attempt, and what is known of the tries that it is made of.
#[derive(Debug)]
pub(super) struct Tries {
    pub(super) job: &'static Job,
    pub(super) run: Run,
    /// Whether an inner layer has begun one.
    begun: bool,
    /// Why the last one failed, once it has.
    failed: Option<Reason>,
}

thread_local! {
    static CURRENT: Cell<Option<Tries>> = const { Cell::new(None) };
}

impl Tries {
    pub(super) const fn new(job: &'static Job, run: Run) -> Self {
        Self {
            job,
            run,
            begun: false,
            failed: None,
        }
    }

    /// Why the last try failed, where a layer within has seen it.
    pub(super) const fn failed(&self) -> Option<Reason> {
        self.failed
    }

    /// Another try begins. If there was one before, that is over: by what it was seen to fail with, or, if nothing was
    /// seen, because something within the retries dropped it.
    pub(super) fn begin(&mut self) {
        let before = self.failed.take();
        if self.begun {
            self.run.turn_over(before.unwrap_or(Reason::Timeout));
        }
        self.begun = true;
    }

    pub(super) const fn end(&mut self, failed: Option<Reason>) {
        self.failed = failed;
    }
}

/// Does something with the attempt that the thread is in, if that is one of this job.
pub(super) fn with<T>(job: &'static Job, change: impl FnOnce(&mut Tries) -> T) -> Option<T> {
    CURRENT
        .try_with(|current| {
            let mut tries = current.take();
            let found = tries.as_mut().filter(|tries| ptr::eq(tries.job, job));
            let changed = found.map(change);
            current.set(tries);
            changed
        })
        .ok()
        .flatten()
}

/// Lends an attempt to what is within, until this is dropped.
pub(super) struct Lent<'a> {
    slot: &'a mut Option<Tries>,
    before: Option<Tries>,
}

impl<'a> Lent<'a> {
    pub(super) fn lend(slot: &'a mut Option<Tries>) -> Self {
        let before = exchange(slot.take());
        Self { slot, before }
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        *self.slot = exchange(self.before.take());
    }
}

/// A thread that is ending has no place for it any more, and hands it back.
fn exchange(tries: Option<Tries>) -> Option<Tries> {
    let mut tries = Some(tries);
    CURRENT
        .try_with(|current| current.replace(tries.take().flatten()))
        .unwrap_or_else(|_| tries.take().flatten())
}
