//! Backoff: how long to wait for the next push.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::Duration;

/// The pause after a first failure; it doubles with each further one.
const FIRST: Duration = Duration::from_secs(1);
/// The longest pause after failures, unless the interval is longer.
const LONGEST: Duration = Duration::from_secs(120);

/// How often it failed since it last went well.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// Whether it is the first failure.
    pub(super) fn failed(&mut self) -> bool {
        self.failures = self.failures.saturating_add(1);
        self.failures == 1
    }

    /// Whether it had failed before.
    pub(super) const fn went_well(&mut self) -> bool {
        let failed = self.failures > 0;
        self.failures = 0;
        failed
    }

    /// Up to a tenth less than the interval, so that processes that started at once do not push at once for ever. After
    /// a failure, between half of the pause and all of it.
    pub(super) fn pause(self, interval: Duration, random: f64) -> Duration {
        let Some(failures) = self.failures.checked_sub(1) else {
            return interval.mul_f64(1.0 - random / 10.0);
        };
        let doubled = FIRST.saturating_mul(1 << failures.min(16));
        doubled
            .min(LONGEST.max(interval))
            .mul_f64(1.0 - random / 2.0)
    }
}

/// From 0 to 1. The standard library's seeds are random enough to keep processes apart.
pub(super) fn random() -> f64 {
    f64::from(RandomState::new().build_hasher().finish() as u32) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_doubles_until_it_is_long_and_never_ends_at_once() {
        let interval = Duration::from_secs(15);
        let mut backoff = Backoff::default();
        assert_eq!(backoff.pause(interval, 0.0), interval);
        assert_eq!(backoff.pause(interval, 1.0), interval.mul_f64(0.9));
        let pauses: Vec<_> = (0..10)
            .map(|_| {
                backoff.failed();
                backoff.pause(interval, 0.0).as_secs()
            })
            .collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 120, 120, 120]);
        assert_eq!(backoff.pause(interval, 1.0), Duration::from_secs(60));
        assert_eq!(backoff.pause(Duration::from_secs(600), 0.0).as_secs(), 512);
        assert!(backoff.went_well());
        assert_eq!(backoff.pause(interval, 0.0), interval);
    }

    #[test]
    fn a_seed_is_no_constant() {
        let drawn: Vec<_> = (0..8).map(|_| random()).collect();
        assert!(drawn.iter().all(|one| (0.0..=1.0).contains(one)));
        assert!(drawn.iter().any(|one| *one != drawn[0]), "{drawn:?}");
    }
}
