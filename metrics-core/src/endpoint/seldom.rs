//! Seldom: what is said once a minute at most, however often strangers bring it about.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use quanta::Instant;

const PAUSE: Duration = Duration::from_secs(60);

/// Lets a line into the log once a minute at most.
#[derive(Debug)]
pub(super) struct Seldom(Mutex<Option<Instant>>);

impl Seldom {
    pub(super) const fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// Whether it may be said now.
    pub(super) fn may(&self) -> bool {
        let now = Instant::now();
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let may = last.is_none_or(|last| now.saturating_duration_since(last) >= PAUSE);
        if may {
            *last = Some(now);
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_once_a_minute() {
        let (clock, mock) = quanta::Clock::mock();
        quanta::with_clock(&clock, || {
            let seldom = Seldom::new();
            assert!(seldom.may());
            assert!(!seldom.may());
            mock.increment(PAUSE - Duration::from_secs(1));
            assert!(!seldom.may());
            mock.increment(Duration::from_secs(1));
            assert!(seldom.may());
        });
    }
}
