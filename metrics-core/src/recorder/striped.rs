//! Striped: one fractional number that several threads add to.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use super::shard::{self, Line, SHARDS};

/// One number, in the bits of an `f64`, that several threads add to.
///
/// No processor adds such numbers by itself: a thread that meets another one has to try again. So it is one cell until two
/// meet, and from then on each has one of its own, in a cache line of its own. What was added before stays where it is. That
/// is 512 bytes for a series that is so busy, once.
#[derive(Debug, Default)]
pub(super) struct Striped {
    first: AtomicU64,
    more: OnceLock<Box<[Line; SHARDS]>>,
}

impl Striped {
    /// The cell that all had before they met, and that is still what there is to set.
    pub(super) const fn first(&self) -> &AtomicU64 {
        &self.first
    }

    /// Those of the threads, once some have met.
    pub(super) fn more(&self) -> impl Iterator<Item = &AtomicU64> {
        let more = self.more.get().into_iter().flat_map(|lines| lines.iter());
        more.map(Line::first)
    }

    /// Adds to what is kept in the bits of an `f64`, unless that is no number then: says whether it was.
    #[inline]
    pub(super) fn add(&self, value: f64) -> bool {
        if self.more.get().is_none() {
            let before = self.first.load(Ordering::Relaxed);
            let after = f64::from_bits(before) + value;
            if !after.is_finite() {
                return false;
            }
            if replaced(&self.first, before, after.to_bits()) {
                return true;
            }
            self.divide();
        }
        self.add_to_mine(value)
    }

    fn add_to_mine(&self, value: f64) -> bool {
        // Of what is absent, the first cell tells.
        let mut is_number = !f64::from_bits(self.first.load(Ordering::Relaxed)).is_nan();
        let _added = self
            .mine()
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |bits| {
                let after = f64::from_bits(bits) + value;
                is_number &= after.is_finite();
                is_number.then(|| after.to_bits())
            });
        is_number
    }

    /// This thread's cell.
    fn mine(&self) -> &AtomicU64 {
        let lines = self.more.get();
        let mine = lines.and_then(|lines| lines.get(shard::mine()));
        mine.map_or(&self.first, Line::first)
    }

    /// All of it, where it is kept in the bits of an `f64`.
    pub(super) fn sum(&self) -> f64 {
        let read = |cell: &AtomicU64| f64::from_bits(cell.load(Ordering::Relaxed));
        read(&self.first) + self.more().map(read).sum::<f64>()
    }

    /// Gives each thread a cell of its own.
    #[cold]
    pub(super) fn divide(&self) {
        self.more.get_or_init(Box::default);
    }
}

fn replaced(cell: &AtomicU64, before: u64, after: u64) -> bool {
    cell.compare_exchange(before, after, Ordering::Relaxed, Ordering::Relaxed)
        .is_ok()
}
