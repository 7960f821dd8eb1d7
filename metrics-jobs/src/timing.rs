//! Timing: when an attempt began, and what follows from that at its end.

use std::time::SystemTime;

use fedimetrics_core::clock::{Clock, Moment};

use crate::attempt::{Attempt, seconds};

/// When an attempt began, by the wall and by the counter. The wall's clock is read once: what it says at the end is what it
/// said at the beginning and what the attempt took, also where somebody has set it meanwhile.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    pub(crate) began: Moment,
    at: SystemTime,
    waited: Option<f64>,
}

impl Timing {
    pub(crate) fn start(clock: &Clock, attempt: &Attempt) -> Self {
        let at = SystemTime::now();
        Self {
            began: clock.now(),
            at,
            waited: attempt.waited(at),
        }
    }

    /// For how many seconds the job had waited, where that is known.
    pub(crate) const fn waited(&self) -> Option<f64> {
        self.waited
    }

    /// How many seconds have passed.
    pub(crate) fn took(&self, clock: &Clock) -> f64 {
        clock.seconds(self.began, clock.now())
    }

    /// How old the job was when the attempt had taken so long.
    pub(crate) fn age(&self, attempt: &Attempt, took: f64) -> Option<f64> {
        let before = if attempt.waits_since_its_creation() {
            self.waited
        } else {
            attempt.age(self.at)
        };
        before.map(|before| before + took)
    }

    /// How long ago that had been published which it delivers.
    pub(crate) fn lag(&self, attempt: &Attempt, took: f64) -> Option<f64> {
        attempt.lag(self.at).map(|before| before + took)
    }

    /// The wall's clock then, in seconds since 1970.
    pub(crate) fn unix(&self, took: f64) -> f64 {
        seconds(SystemTime::UNIX_EPOCH, self.at) + took
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_it_took_is_added_to_what_was_before() {
        let clock = Clock::new();
        let now = SystemTime::now();
        let ago = |seconds| now - Duration::from_secs(seconds);
        let attempt = Attempt::number(1)
            .available_at(ago(10))
            .published_at(ago(30));
        let timing = Timing::start(&clock, &attempt);
        let near = |found: Option<f64>, expected: f64| {
            let found = found.unwrap();
            assert!((expected..expected + 5.0).contains(&found), "{found}");
        };
        near(timing.waited(), 10.0);
        near(timing.lag(&attempt, 7.0), 37.0);
        assert_eq!(timing.age(&attempt, 7.0), None);
        near(timing.age(&attempt.created_at(ago(20)), 7.0), 27.0);
        near(timing.age(&attempt.created_at(ago(10)), 7.0), 17.0);
        let unix = now.duration_since(SystemTime::UNIX_EPOCH).unwrap();
        near(Some(timing.unix(7.0)), unix.as_secs_f64() + 7.0);
    }
}
