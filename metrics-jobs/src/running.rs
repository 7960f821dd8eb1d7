//! Running: when the attempts that are under way began, so that the oldest can be told at scrape.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use quanta::Instant;

/// Chunk `n` has this many slots times 2 to the `n`.
const FIRST: u32 = 32;

/// Enough for four billion attempts at a time.
const CHUNKS: usize = 27;

/// No slot.
const NONE: u32 = u32::MAX;

/// When the attempts that are under way began.
///
/// Slots in chunks that are never moved, and a list of the free ones: beginning and ending take one atomic exchange
/// each, whatever the number of attempts, and no lock. It grows with the most that ever ran at a time, and with nothing
/// else.
#[derive(Debug)]
pub(crate) struct Running {
    base: Instant,
    chunks: [OnceLock<Box<[Slot]>>; CHUNKS],
    /// How many slots have ever been given out.
    used: AtomicU32,
    /// The first free slot in the lower half. The upper half changes with every exchange, so that a slot that was taken
    /// and came back in between is noticed.
    free: AtomicU64,
}

#[derive(Debug)]
struct Slot {
    /// Nanoseconds from the base, plus one; 0 while it is free.
    began: AtomicU64,
    next: AtomicU32,
}

/// One attempt's slot. To be given back.
#[derive(Debug)]
pub(crate) struct Place(u32);

impl Running {
    pub(crate) fn new() -> Self {
        Self {
            base: Instant::now(),
            chunks: [const { OnceLock::new() }; CHUNKS],
            used: AtomicU32::new(0),
            free: AtomicU64::new(u64::from(NONE)),
        }
    }

    /// Notes that an attempt began. `None` where there is no room, and it is not shown then.
    pub(crate) fn begin(&self, now: Instant) -> Option<Place> {
        let place = self.take().or_else(|| self.grow())?;
        let began = now.duration_since(self.base).as_nanos() as u64 + 1;
        self.slot(place)?.began.store(began, Ordering::Relaxed);
        Some(Place(place))
    }

    /// Notes that it ended.
    pub(crate) fn end(&self, Place(place): Place) {
        let Some(slot) = self.slot(place) else {
            return;
        };
        slot.began.store(0, Ordering::Relaxed);
        let mut head = self.free.load(Ordering::Relaxed);
        loop {
            slot.next.store(head as u32, Ordering::Relaxed);
            let pushed = tagged(head, place);
            match self.free.compare_exchange_weak(
                head,
                pushed,
                Ordering::Release,
                Ordering::Relaxed,
            ) {
                Ok(_) => return,
                Err(now) => head = now,
            }
        }
    }

    /// How long the oldest has been under way; zero when there is none.
    pub(crate) fn longest(&self, now: Instant) -> Duration {
        let slots = self.chunks.iter().filter_map(OnceLock::get).flatten();
        let oldest = slots
            .map(|slot| slot.began.load(Ordering::Relaxed))
            .filter(|began| *began != 0)
            .min();
        oldest.map_or(Duration::ZERO, |began| {
            now.duration_since(self.base)
                .saturating_sub(Duration::from_nanos(began - 1))
        })
    }

    fn take(&self) -> Option<u32> {
        let mut head = self.free.load(Ordering::Acquire);
        loop {
            // A slot that was taken meanwhile gives a wrong successor, but then the tag is another one as well.
            let next = self.slot(head as u32)?.next.load(Ordering::Relaxed);
            let popped = tagged(head, next);
            match self.free.compare_exchange_weak(
                head,
                popped,
                Ordering::Acquire,
                Ordering::Acquire,
            ) {
                Ok(_) => return Some(head as u32),
                Err(now) => head = now,
            }
        }
    }

    fn grow(&self) -> Option<u32> {
        let place = self.used.fetch_add(1, Ordering::Relaxed);
        let (chunk, _) = position(place)?;
        self.chunks.get(chunk)?.get_or_init(|| {
            let free = |_| Slot {
                began: AtomicU64::new(0),
                next: AtomicU32::new(NONE),
            };
            (0..FIRST << chunk).map(free).collect()
        });
        Some(place)
    }

    fn slot(&self, place: u32) -> Option<&Slot> {
        let (chunk, at) = position(place)?;
        self.chunks.get(chunk)?.get()?.get(at)
    }
}

/// The chunk, and the place within it.
const fn position(place: u32) -> Option<(usize, usize)> {
    let Some(moved) = place.checked_add(FIRST) else {
        return None;
    };
    let chunk = (moved / FIRST).ilog2();
    Some((chunk as usize, (moved - (FIRST << chunk)) as usize))
}

const fn tagged(before: u64, place: u32) -> u64 {
    ((before >> 32).wrapping_add(1) << 32) | place as u64
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn every_place_has_a_slot_of_its_own() {
        let mut expected = 0;
        for chunk in 0..5 {
            for at in 0..(FIRST as usize) << chunk {
                assert_eq!(position(expected), Some((chunk, at)));
                expected += 1;
            }
        }
        assert_eq!(position(NONE), None);
    }

    #[test]
    fn the_oldest_is_found_until_it_ends() {
        let running = Running::new();
        let base = running.base;
        let second = Duration::from_secs(1);
        assert_eq!(running.longest(base + second), Duration::ZERO);
        let old = running.begin(base + second).unwrap();
        let young = running.begin(base + second * 5).unwrap();
        assert_eq!(running.longest(base + second * 8), second * 7);
        running.end(old);
        assert_eq!(running.longest(base + second * 8), second * 3);
        running.end(young);
        assert_eq!(running.longest(base + second * 8), Duration::ZERO);
    }

    #[test]
    fn it_grows_with_concurrency_and_with_nothing_else() {
        let running = Running::new();
        let now = Instant::now();
        for _ in 0..100 {
            let places: Vec<_> = (0..100).map(|_| running.begin(now).unwrap()).collect();
            places.into_iter().for_each(|place| running.end(place));
        }
        assert_eq!(running.used.load(Ordering::Relaxed), 100);
    }

    #[test]
    fn threads_never_share_a_slot() {
        let running = Running::new();
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for round in 0..20_000_u64 {
                        let began = running.base + Duration::from_nanos(round);
                        let place = running.begin(began).unwrap();
                        let slot = running.slot(place.0).unwrap();
                        assert_eq!(slot.began.swap(u64::MAX, Ordering::Relaxed), round + 1);
                        running.end(place);
                    }
                });
            }
        });
        assert!(running.used.load(Ordering::Relaxed) <= 4);
        assert_eq!(running.longest(Instant::now()), Duration::ZERO);
    }
}
