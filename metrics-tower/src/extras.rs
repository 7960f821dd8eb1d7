//! Extras: what a request keeps in mind for the settings that ask for more. One allocation, where any of them is on.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

use fedimetrics_core::clock::{Clock, Moment};

/// What a request keeps in mind for the settings that ask for more. Shared with its body, which another task may read.
#[derive(Debug)]
pub(crate) struct Extras {
    /// Seconds that it waited before it was handed to us.
    pub(crate) queued: f64,
    /// The clock's ticks in the host's code, and when it was entered last.
    busy: AtomicU64,
    entered: AtomicU64,
    pub(crate) upload: Option<Upload>,
}

/// A request's body, as far as it was read.
#[derive(Debug)]
pub(crate) struct Upload {
    read: AtomicU64,
    /// When something was read last; until then, when the request began.
    last: AtomicU64,
    /// Read to its end.
    ended: AtomicBool,
    /// What the body itself says; [`UNKNOWN`] if it does not.
    announced: u64,
}

const UNKNOWN: u64 = u64::MAX;

impl Extras {
    pub(crate) const fn new(queued: f64, upload: Option<Upload>) -> Self {
        Self {
            queued,
            busy: AtomicU64::new(0),
            entered: AtomicU64::new(0),
            upload,
        }
    }

    #[cold]
    pub(crate) fn enter(&self, clock: &Clock) {
        self.entered.store(clock.now().ticks(), Relaxed);
    }

    #[cold]
    pub(crate) fn leave(&self, clock: &Clock) {
        let ticks = clock
            .now()
            .ticks()
            .saturating_sub(self.entered.load(Relaxed));
        self.busy.fetch_add(ticks, Relaxed);
    }

    pub(crate) fn busy_seconds(&self, clock: &Clock) -> f64 {
        let busy = Moment::of_ticks(self.busy.load(Relaxed));
        clock.seconds(Moment::of_ticks(0), busy)
    }
}

impl Upload {
    pub(crate) fn new(begun: Moment, announced: Option<u64>) -> Self {
        Self {
            read: AtomicU64::new(0),
            last: AtomicU64::new(begun.ticks()),
            ended: AtomicBool::new(false),
            announced: announced.unwrap_or(UNKNOWN),
        }
    }

    /// That many bytes were read.
    pub(crate) fn read(&self, bytes: u64, now: Moment) {
        self.read.fetch_add(bytes, Relaxed);
        self.last.store(now.ticks(), Relaxed);
    }

    /// All of it was read.
    pub(crate) fn end(&self, now: Moment) {
        self.last.store(now.ticks(), Relaxed);
        self.ended.store(true, Relaxed);
    }

    /// When something was read last.
    pub(crate) fn last(&self) -> Moment {
        Moment::of_ticks(self.last.load(Relaxed))
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.read.load(Relaxed)
    }

    /// Unknown is not 0.
    pub(crate) fn size(&self) -> Option<u64> {
        if self.announced != UNKNOWN {
            Some(self.announced)
        } else {
            self.ended.load(Relaxed).then(|| self.bytes())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_size_is_none_and_a_true_0_is_0() {
        let begun = Moment::of_ticks(1);
        let half = Upload::new(begun, None);
        half.read(5, begun);
        assert_eq!((half.bytes(), half.size()), (5, None));
        half.end(begun);
        assert_eq!(half.size(), Some(5));
        assert_eq!(Upload::new(begun, Some(0)).size(), Some(0));
        assert_eq!(
            Upload::new(begun, Some(7)).size(),
            Some(7),
            "though nobody read it"
        );
    }
}
