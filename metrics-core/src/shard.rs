//! Shard: which cells a thread counts in.

use std::cell::Cell;
use std::sync::atomic::{AtomicU8, Ordering};

/// Which cells a thread counts in, where many threads count the same at the same time.
///
/// Two processors that write to one cache line wait for each other longer than both take to count. A metric that is
/// [sharded](crate::Metric::sharded) has a cell for each shard, a [`Sink`](crate::Sink::on_shard) hands out one shard's handles,
/// and a scrape adds them up. Threads are given shards by turns, as they ask; more threads than [`COUNT`](Self::COUNT) share
/// them, which costs time and no correctness.
///
/// # Examples
///
/// ```
/// use fedimetrics_core::Shard;
///
/// assert_eq!(Shard::mine(), Shard::mine());
/// assert!(Shard::mine().index() < Shard::COUNT);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard(u8);

/// Of a thread that has not asked yet.
const NONE: u8 = u8::MAX;

impl Shard {
    /// How many there are: a power of two.
    pub const COUNT: usize = 8;

    /// Of whom nobody cares which it is.
    pub(crate) const FIRST: Self = Self(0);

    /// This thread's.
    #[inline]
    #[must_use]
    pub fn mine() -> Self {
        let shard = MINE.get();
        if shard == NONE {
            return Self::next();
        }
        Self(shard)
    }

    /// Its number, less than [`COUNT`](Self::COUNT).
    #[inline]
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize % Self::COUNT
    }

    #[cold]
    fn next() -> Self {
        static NEXT: AtomicU8 = AtomicU8::new(0);
        let next = NEXT.fetch_add(1, Ordering::Relaxed) % Self::COUNT as u8;
        MINE.set(next);
        Self(next)
    }
}

thread_local! {
    static MINE: Cell<u8> = const { Cell::new(NONE) };
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::thread;

    use super::*;

    #[test]
    fn threads_are_given_shards_by_turns() {
        let threads: Vec<_> = (0..64)
            .map(|_| thread::spawn(|| Shard::mine().index()))
            .collect();
        let all: HashSet<_> = threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect();
        assert_eq!(all, (0..Shard::COUNT).collect());
    }
}
