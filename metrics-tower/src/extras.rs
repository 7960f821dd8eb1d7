//! Extras: what a request keeps in mind for the settings that ask for more. One allocation, where any of them is on.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::clock::{Clock, Moment};

/// What a request keeps in mind for the settings that ask for more.
#[derive(Debug)]
pub(crate) struct Extras {
    /// Seconds that it waited before it was handed to us.
    pub(crate) queued: f64,
    /// The clock's ticks in the host's code, and when it was entered last.
    busy: AtomicU64,
    entered: AtomicU64,
}

impl Extras {
    pub(crate) const fn new(queued: f64) -> Self {
        Self {
            queued,
            busy: AtomicU64::new(0),
            entered: AtomicU64::new(0),
        }
    }

    pub(crate) fn enter(&self, now: Moment) {
        self.entered.store(now.ticks(), Relaxed);
    }

    pub(crate) fn leave(&self, now: Moment) {
        let ticks = now.ticks().saturating_sub(self.entered.load(Relaxed));
        self.busy.fetch_add(ticks, Relaxed);
    }

    pub(crate) fn busy_seconds(&self, clock: &Clock) -> f64 {
        let busy = Moment::of_ticks(self.busy.load(Relaxed));
        clock.seconds(Moment::of_ticks(0), busy)
    }
}
