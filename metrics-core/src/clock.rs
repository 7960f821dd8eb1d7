//! Clock: the processor's own counter, read as it is and scaled only when two readings are compared.

use quanta::Clock as Quanta;

/// The processor's own counter, or the system's monotonic clock where that has no steady one.
///
/// Reading it takes a quarter of the instructions of `quanta::Instant::now`, which scales every reading at once and first
/// looks whether somebody has put another clock into the thread.
///
/// # Examples
///
/// ```
/// use fedimetrics_core::clock::Clock;
///
/// let clock = Clock::new();
/// let (before, after) = (clock.now(), clock.now());
/// assert!(clock.seconds(before, after) >= 0.0);
/// assert_eq!(clock.seconds(after, after), 0.0);
/// ```
#[derive(Clone, Debug)]
pub struct Clock {
    counter: Quanta,
    /// Seconds a tick.
    scale: f64,
}

/// As many as make the factor exact: some minutes.
const TICKS: u64 = 1 << 40;

/// A moment, as the counter has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment(u64);

impl Moment {
    /// The moment of so many ticks, to be kept in an atomic.
    #[must_use]
    pub const fn of_ticks(ticks: u64) -> Self {
        Self(ticks)
    }

    /// How many ticks the counter had. They are not nanoseconds.
    #[must_use]
    pub const fn ticks(self) -> u64 {
        self.0
    }
}

impl Clock {
    /// A clock. The first one of a process measures the counter, for half a millisecond.
    #[must_use]
    pub fn new() -> Self {
        // `quanta` scales with a multiplication of 128 bits and a shift; what they come to is one factor.
        let counter = Quanta::new();
        let nanoseconds = counter.delta_as_nanos(0, TICKS) as f64;
        let scale = nanoseconds / TICKS as f64 * 1e-9;
        Self { counter, scale }
    }

    /// This moment.
    #[inline]
    #[must_use]
    pub fn now(&self) -> Moment {
        Moment(self.counter.raw())
    }

    /// Seconds from one moment to a later one; none where it is an earlier one, which counters of two processors may show.
    #[inline]
    #[must_use]
    pub fn seconds(&self, from: Moment, to: Moment) -> f64 {
        // Ticks of a century fit into 63 bits, and only signed numbers become floats in one instruction.
        to.0.saturating_sub(from.0) as i64 as f64 * self.scale
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn it_agrees_with_the_systems_clock() {
        let clock = Clock::new();
        let (from, since) = (clock.now(), Instant::now());
        thread::sleep(Duration::from_millis(50));
        let (to, passed) = (clock.now(), since.elapsed());
        let seconds = clock.seconds(from, to);
        assert!(
            (0.05..passed.as_secs_f64() + 0.05).contains(&seconds),
            "{seconds} against {passed:?}"
        );
        assert!(
            clock.seconds(to, from).abs() < 1e-9,
            "a counter that differs between cores makes no negative time"
        );
    }
}
