//! Places: a bounded table from a stage of a route or a worker to its handles.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::name::Name;
use crate::scope::Place;

/// More than the largest server has routes and workers, times the stages in each.
const SLOTS: usize = 4096;

/// Never so full that a search is long.
const CAP: usize = SLOTS / 4 * 3;

/// A stage of one route or worker, as one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pair(u64);

/// The number of this stage there.
#[inline]
pub(super) fn pair(place: Place, stage: Name) -> Pair {
    let (kind, name) = match place {
        Place::Nowhere => (0, 0),
        Place::Route(route) => (1, route.map_or(0, Name::number)),
        Place::Worker(worker) => (2, worker.number()),
    };
    Pair(kind << 32 | u64::from(name) << 16 | u64::from(stage.number()))
}

/// A table that only grows: a slot is empty or final, so a reader needs no lock.
#[derive(Debug)]
pub(super) struct Places<V> {
    slots: Box<[OnceLock<(Pair, V)>]>,
    len: AtomicUsize,
}

impl<V> Places<V> {
    pub(super) fn new() -> Self {
        Self {
            slots: (0..SLOTS).map(|_| OnceLock::new()).collect(),
            len: AtomicUsize::new(0),
        }
    }

    /// What was made for this pair, now or before; `None` where there is no room for it.
    #[inline]
    pub(super) fn find(&self, pair: Pair, make: impl Fn() -> V) -> Option<&V> {
        // Fibonacci hashing. The numbers are the process's own, so nobody can choose them to collide.
        let first = (pair.0.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 52) as usize;
        for step in 0..SLOTS {
            let slot = self.slots.get((first + step) % SLOTS)?;
            let (known, value) = match slot.get() {
                Some(known) => known,
                None if self.len.load(Ordering::Relaxed) >= CAP => return None,
                None => slot.get_or_init(|| {
                    self.len.fetch_add(1, Ordering::Relaxed);
                    (pair, make())
                }),
            };
            if *known == pair {
                return Some(value);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_past_the_cap_has_no_place_and_the_rest_keeps_theirs() {
        let places = Places::new();
        let many = CAP as u64 + 100;
        for n in 0..many {
            let expected = (n < CAP as u64).then_some(n);
            assert_eq!(places.find(Pair(n), || n).copied(), expected);
        }
        assert!((0..CAP as u64).all(|n| places.find(Pair(n), || u64::MAX) == Some(&n)));
    }
}
