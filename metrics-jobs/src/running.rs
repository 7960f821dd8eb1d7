//! Running: when the attempts that are under way began, so that the oldest can be told at scrape.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use fedimetrics_core::clock::{Clock, Moment};

/// These are always there: most jobs never have more under way. Chunk `n` of the rest has them times 2 to the `n`, plus one.
const FEW: u32 = 32;

/// Enough for four billion attempts at a time.
const CHUNKS: usize = 26;

/// No slot.
const NONE: u32 = u32::MAX;

/// When the attempts that are under way began.
///
/// Slots in chunks that are never moved, and a list of the free ones: beginning and ending take one atomic exchange
/// each, whatever the number of attempts, and no lock. It grows with the most that ever ran at a time, and with nothing
/// else.
#[derive(Debug)]
pub(crate) struct Running {
    few: [Slot; FEW as usize],
    more: [OnceLock<Box<[Slot]>>; CHUNKS],
    /// How many slots have ever been given out.
    used: AtomicU32,
    /// The first free slot in the lower half. The upper half changes with every exchange, so that a slot that was taken
    /// and came back in between is noticed.
    free: AtomicU64,
}

#[derive(Debug)]
struct Slot {
    /// The clock's ticks then; 0 while it is free.
    began: AtomicU64,
    next: AtomicU32,
}

/// One attempt's slot. To be given back.
#[derive(Debug)]
pub(crate) struct Place(u32);

impl Running {
    pub(crate) fn new() -> Self {
        Self {
            few: [const { Slot::free() }; FEW as usize],
            more: [const { OnceLock::new() }; CHUNKS],
            used: AtomicU32::new(0),
            free: AtomicU64::new(u64::from(NONE)),
        }
    }

    /// Notes that an attempt began. `None` where there is no room, and it is not shown then.
    pub(crate) fn begin(&self, now: Moment) -> Option<Place> {
        let place = self.take().or_else(|| self.grow())?;
        let began = now.ticks().max(1);
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

    /// For how many seconds the oldest has been under way; zero when there is none.
    pub(crate) fn longest(&self, clock: &Clock) -> f64 {
        self.oldest()
            .map_or(0.0, |began| clock.seconds(began, clock.now()))
    }

    fn oldest(&self) -> Option<Moment> {
        let more = self.more.iter().filter_map(OnceLock::get).flatten();
        let began = |slot: &Slot| slot.began.load(Ordering::Relaxed);
        let under_way = self.few.iter().chain(more).map(began);
        let oldest = under_way.filter(|began| *began != 0).min();
        oldest.map(Moment::of_ticks)
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
        if place >= FEW {
            let (chunk, _) = position(place)?;
            let free = || (0..length(chunk)).map(|_| Slot::free()).collect();
            self.more.get(chunk)?.get_or_init(free);
        }
        Some(place)
    }

    #[inline]
    fn slot(&self, place: u32) -> Option<&Slot> {
        if let Some(slot) = self.few.get(place as usize) {
            return Some(slot);
        }
        let (chunk, at) = position(place)?;
        self.more.get(chunk)?.get()?.get(at)
    }
}

impl Slot {
    const fn free() -> Self {
        Self {
            began: AtomicU64::new(0),
            next: AtomicU32::new(NONE),
        }
    }
}

/// The chunk, and the place within it, of what is not among the [`FEW`].
const fn position(place: u32) -> Option<(usize, usize)> {
    let Some(moved) = place.checked_add(FEW) else {
        return None;
    };
    let doubled = (moved / FEW).ilog2();
    match doubled.checked_sub(1) {
        Some(chunk) => Some((chunk as usize, (moved - (FEW << doubled)) as usize)),
        None => None,
    }
}

/// How many slots a chunk has.
const fn length(chunk: usize) -> u32 {
    FEW << (chunk + 1)
}

const fn tagged(before: u64, place: u32) -> u64 {
    ((before >> 32).wrapping_add(1) << 32) | place as u64
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Instant;

    use super::*;

    #[test]
    fn every_place_has_a_slot_of_its_own() {
        for place in 0..FEW {
            assert_eq!(position(place), None);
        }
        let mut expected = FEW;
        for chunk in 0..5 {
            for at in 0..length(chunk) as usize {
                assert_eq!(position(expected), Some((chunk, at)));
                expected += 1;
            }
        }
        let last = position(NONE - FEW).unwrap();
        assert_eq!(last, (CHUNKS - 1, length(CHUNKS - 1) as usize - 1));
        assert_eq!(position(NONE), None);
    }

    #[test]
    fn the_oldest_is_found_until_it_ends() {
        let running = Running::new();
        let moment = Moment::of_ticks;
        assert_eq!(running.oldest(), None);
        assert!(running.longest(&Clock::new()).abs() < f64::EPSILON);
        let old = running.begin(moment(7)).unwrap();
        let young: Vec<_> = (8..100)
            .map(|ticks| running.begin(moment(ticks)).unwrap())
            .collect();
        assert_eq!(running.oldest(), Some(moment(7)));
        running.end(old);
        assert_eq!(running.oldest(), Some(moment(8)));
        young.into_iter().for_each(|place| running.end(place));
        assert_eq!(running.oldest(), None);
    }

    #[test]
    fn it_is_shown_how_long_the_oldest_has_been_under_way() {
        let (running, clock) = (Running::new(), Clock::new());
        let _place = running.begin(clock.now()).unwrap();
        let since = Instant::now();
        while since.elapsed().as_millis() < 2 {}
        assert!((0.0015..60.0).contains(&running.longest(&clock)));
    }

    #[test]
    fn it_grows_with_concurrency_and_with_nothing_else() {
        let running = Running::new();
        let now = Moment::of_ticks(1);
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
                    for round in 1..20_000_u64 {
                        let place = running.begin(Moment::of_ticks(round)).unwrap();
                        let slot = running.slot(place.0).unwrap();
                        assert_eq!(slot.began.swap(u64::MAX, Ordering::Relaxed), round);
                        running.end(place);
                    }
                });
            }
        });
        assert!(running.used.load(Ordering::Relaxed) <= 4);
        assert_eq!(running.oldest(), None);
    }
}
