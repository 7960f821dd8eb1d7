//! Current: the attempt that the thread is in, lent to the layers within for as long as it is polled.

use std::cell::Cell;
use std::ptr;

use fedimetrics_core::Reason;

use crate::job::Job;
use crate::run::Run;

/// An attempt, and what is known of the tries that it is made of. It is lent and given back at every poll: boxed, since to
/// copy it so often takes longer than to find room for it once.
#[derive(Debug)]
pub(super) struct Tries {
    pub(super) job: &'static Job,
    pub(super) run: Run,
    /// Whether a layer within has begun one.
    begun: bool,
    /// Whether one is under way.
    open: bool,
    /// Why the last one failed, once it has.
    failed: Option<Reason>,
}

thread_local! {
    static CURRENT: Cell<Option<Box<Tries>>> = const { Cell::new(None) };
}

impl Tries {
    pub(super) const fn new(job: &'static Job, run: Run) -> Self {
        Self {
            job,
            run,
            begun: false,
            open: false,
            failed: None,
        }
    }

    /// Why the last try failed, where a layer within has seen it.
    pub(super) const fn failed(&self) -> Option<Reason> {
        self.failed
    }

    /// Another try begins, unless one is under way, which this is a part of then. If there was one before, it was a
    /// failure: why else would there be another?
    pub(super) fn begin(&mut self) -> bool {
        if self.open {
            return false;
        }
        if self.begun {
            let before = self.failed.take();
            self.run.turn_over(before.unwrap_or(Reason::Other));
        }
        self.begun = true;
        self.open = true;
        true
    }

    /// A try was dropped. If it had not ended, something within the task was out of patience with it.
    pub(super) const fn dropped(&mut self) {
        if self.open {
            self.end(Some(Reason::Timeout));
        }
    }

    pub(super) const fn end(&mut self, failed: Option<Reason>) {
        self.open = false;
        self.failed = failed;
    }
}

/// Does something with the attempt that the thread is in, if that is one of this job.
pub(super) fn with<T>(job: &'static Job, change: impl FnOnce(&mut Tries) -> T) -> Option<T> {
    CURRENT
        .try_with(|current| {
            let mut tries = current.take();
            let found = tries.as_deref_mut().filter(|tries| ptr::eq(tries.job, job));
            let changed = found.map(change);
            current.set(tries);
            changed
        })
        .ok()
        .flatten()
}

/// Lends an attempt to what is within, until this is dropped.
pub(super) struct Lent<'a> {
    slot: &'a mut Option<Box<Tries>>,
    before: Option<Box<Tries>>,
}

impl<'a> Lent<'a> {
    pub(super) fn lend(slot: &'a mut Option<Box<Tries>>) -> Self {
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
fn exchange(tries: Option<Box<Tries>>) -> Option<Box<Tries>> {
    let mut tries = Some(tries);
    CURRENT
        .try_with(|current| current.replace(tries.take().flatten()))
        .unwrap_or_else(|_| tries.take().flatten())
}
