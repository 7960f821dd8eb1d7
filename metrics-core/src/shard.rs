//! Shard: which cells a thread counts in.

use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread::available_parallelism;

/// Which cells a thread counts in, where many threads count the same at the same time.
///
/// Two processors that write to one cache line wait for each other longer than both take to count. A metric that is
/// [sharded](crate::Metric::sharded) has a cell for each shard that records it, a [`Sink`](crate::Sink::on_shard) hands out
/// one shard's handles, and a scrape adds the cells up.
///
/// There are as many shards as the process may use processors, but at least 8 and at most [`MOST`](Self::MOST). Threads are given
/// one by turns, as they ask. Two that share one lose no count, but time.
///
/// # Examples
///
/// ```
/// use fedimetrics_core::Shard;
///
/// assert_eq!(Shard::mine(), Shard::mine());
/// assert!(Shard::mine().index() < Shard::count());
/// assert!(Shard::count() <= Shard::MOST);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard(u8);

/// Of a thread that has not asked yet.
const NONE: u8 = u8::MAX;

impl Shard {
    /// More than these there are on no machine.
    pub const MOST: usize = 64;

    /// Fewer than these there are on none: threads that seldom record take their turn too.
    const LEAST: usize = 8;

    /// Of whom nobody cares which it is.
    pub(crate) const FIRST: Self = Self(0);

    /// How many there are in this process: a power of two.
    #[must_use]
    pub fn count() -> usize {
        static COUNT: OnceLock<usize> = OnceLock::new();
        *COUNT.get_or_init(|| {
            let processors = available_parallelism().map_or(Self::LEAST, usize::from);
            processors
                .clamp(Self::LEAST, Self::MOST)
                .next_power_of_two()
        })
    }

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

    /// Its number, less than [`count`](Self::count).
    #[inline]
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize % Self::MOST
    }

    #[cold]
    fn next() -> Self {
        static NEXT: AtomicU8 = AtomicU8::new(0);
        let next = usize::from(NEXT.fetch_add(1, Ordering::Relaxed)) % Self::count();
        let next = next as u8;
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
        let threads: Vec<_> = (0..4 * Shard::MOST)
            .map(|_| thread::spawn(|| Shard::mine().index()))
            .collect();
        let all: HashSet<_> = threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect();
        assert_eq!(all, (0..Shard::count()).collect());
    }
}
