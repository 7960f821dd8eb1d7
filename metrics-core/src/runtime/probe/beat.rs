//! Beat: when the next probe is due, with some jitter.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::time::{Duration, Instant};

/// How often a task is sent to the workers. A virtual processor that idles takes some 50 µs to be woken, and each beat wakes
/// one worker and this thread: 0.07 % of a core on the machine of the benches.
const WORKERS: Duration = Duration::from_millis(200);

/// How often a call is sent to the blocking pool, whose threads are dearer.
const BLOCKING: Duration = Duration::from_secs(1);

/// The beats of the two pools.
#[derive(Debug)]
pub(super) struct Beats([Beat; 2]);

/// A beat that comes every so often, half as much sooner or later: whatever else comes at even times is not always met, and
/// not always missed.
#[derive(Debug)]
struct Beat {
    every: Duration,
    next: Instant,
    random: u64,
}

impl Beats {
    pub(super) fn new() -> Self {
        Self([WORKERS, BLOCKING].map(Beat::new))
    }

    /// When the next one is due. A call to the blocking pool waits for a task to go with, and costs no wake of its own:
    /// that is most of what a probe costs.
    pub(super) const fn next(&self) -> Instant {
        let Self([workers, _]) = self;
        workers.next
    }

    /// Which are due.
    pub(super) fn due(&mut self, now: Instant) -> [bool; 2] {
        self.0.each_mut().map(|beat| beat.is_due(now))
    }
}

impl Beat {
    /// The first one comes at once.
    fn new(every: Duration) -> Self {
        Self {
            every,
            next: Instant::now(),
            random: RandomState::new().hash_one(every) | 1,
        }
    }

    /// Whether it is due. If so, the next one is set; beats that were missed are not made up for.
    fn is_due(&mut self, now: Instant) -> bool {
        let due = now >= self.next;
        if due {
            self.next = now + self.every / 2 + self.every.mul_f64(self.share());
        }
        due
    }

    /// From 0 to 1, by xorshift.
    fn share(&mut self) -> f64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beats_come_as_often_as_asked_and_not_evenly() {
        let every = Duration::from_millis(100);
        let mut beat = Beat::new(every);
        let begun = beat.next;
        let mut between = Vec::new();
        for _ in 0..1_000 {
            let now = beat.next;
            assert!(beat.is_due(now) && !beat.is_due(now));
            between.push(beat.next - now);
        }
        let mean = (beat.next - begun) / 1_000;
        assert!(mean.abs_diff(every) < Duration::from_millis(5), "{mean:?}");
        assert!(
            between
                .iter()
                .all(|pause| *pause >= every / 2 && *pause <= every * 3 / 2)
        );
        let uneven = between
            .iter()
            .filter(|pause| pause.abs_diff(every) > every / 10);
        assert!(uneven.count() > 500);
    }

    #[test]
    fn what_was_missed_is_not_made_up_for() {
        let mut beat = Beat::new(Duration::from_millis(100));
        let late = beat.next + Duration::from_secs(60);
        assert!(beat.is_due(late) && !beat.is_due(late));
    }
}
