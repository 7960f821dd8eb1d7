//! Running: a stage that has begun and not ended.

use std::fmt;
use std::marker::PhantomData;

use quanta::Instant;

use super::stages::Stages;
use crate::scope::{self, Place};

/// A stage that is counted when this is dropped, if it has begun.
pub(super) struct Running<'a> {
    stages: &'a Stages,
    name: &'static str,
    begun: Option<Instant>,
    /// Where it was last seen to be: what is cancelled is often dropped outside of its scope.
    seen: Place,
}

impl<'a> Running<'a> {
    pub(super) const fn new(stages: &'a Stages, name: &'static str) -> Self {
        Self {
            stages,
            name,
            begun: None,
            seen: Place::Nowhere,
        }
    }

    /// Begins, unless it has, and looks where this is.
    #[inline]
    pub(super) fn at_work(&mut self) {
        self.begun.get_or_insert_with(Instant::now);
        self.look();
    }

    /// Looks where this is: within, a router may have published the route.
    #[inline]
    pub(super) fn look(&mut self) {
        self.seen = scope::place();
    }

    /// Ends here.
    #[inline]
    pub(super) fn end(&mut self) {
        if let Some(begun) = self.begun.take() {
            self.stages.ended(self.name, self.seen, begun);
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.end();
    }
}

impl fmt::Debug for Running<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running")
            .field("name", &self.name)
            .field("seen", &self.seen)
            .finish_non_exhaustive()
    }
}

/// A stage that ends when this is dropped. Made by [`Stage::begin`] and by [`Stages::begin`].
///
/// It stays in its thread, so it cannot be held across an `await` of a task that moves between threads: there, time the
/// future with [`stage`](super::stage()).
#[derive(Debug)]
#[must_use = "the stage ends where this is dropped"]
pub struct Stage<'a> {
    running: Running<'a>,
    stays: PhantomData<*const ()>,
}

impl Stage<'static> {
    /// Begins a stage of the request or the job that this thread is in, for the recorder of the whole process.
    ///
    /// # Examples
    ///
    /// ```
    /// use fedimetrics_core::stage::{SIGNATURE, Stage};
    ///
    /// # fn verify() -> bool { true }
    /// let signature = Stage::begin(SIGNATURE);
    /// let valid = verify();
    /// drop(signature);
    /// # assert!(valid);
    /// ```
    pub fn begin(name: &'static str) -> Self {
        Stages::global().begin(name)
    }
}

impl<'a> Stage<'a> {
    pub(super) fn of(mut running: Running<'a>) -> Self {
        running.at_work();
        Self {
            running,
            stays: PhantomData,
        }
    }
}

impl Drop for Stage<'_> {
    fn drop(&mut self) {
        // Within, a router may have published the route. Outside, where it began stands.
        if scope::place() != Place::Nowhere {
            self.running.look();
        }
    }
}
