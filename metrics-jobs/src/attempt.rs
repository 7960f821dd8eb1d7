//! Attempt: what a worker knows about one try of a job before it begins.

use std::time::SystemTime;

/// What a worker knows about one try of a job before it begins. Only the number is needed.
///
/// Times are anything that turns into a [`SystemTime`]: `chrono`'s and `time`'s zoned types do.
///
/// # Examples
///
/// ```
/// use std::time::SystemTime;
/// use fedimetrics_jobs::Attempt;
///
/// let attempt = Attempt::number(3).of(10).available_at(SystemTime::now());
/// assert!(!attempt.is_last());
/// assert!(Attempt::remaining(0).is_last());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "an attempt is described for `Job::attempt` or `Job::start`"]
pub struct Attempt {
    number: Option<u32>,
    remaining: Option<u32>,
    max: Option<u32>,
    available_at: Option<SystemTime>,
    created_at: Option<SystemTime>,
    published_at: Option<SystemTime>,
    inboxes: Option<u64>,
}

impl Attempt {
    const UNKNOWN: Self = Self {
        number: None,
        remaining: None,
        max: None,
        available_at: None,
        created_at: None,
        published_at: None,
        inboxes: None,
    };

    /// The first attempt is number 1. A queue that counts failures so far adds one; 0 is taken for 1.
    pub const fn number(number: u32) -> Self {
        Self {
            number: Some(if number == 0 { 1 } else { number }),
            ..Self::UNKNOWN
        }
    }

    /// For queues that count down: how many attempts there will be after this one, should it fail.
    pub const fn remaining(remaining: u32) -> Self {
        Self {
            remaining: Some(remaining),
            ..Self::UNKNOWN
        }
    }

    /// The only one: for jobs that are never tried again. The same as `Attempt::number(1).of(1)`.
    pub const fn only() -> Self {
        Self::number(1).of(1)
    }

    /// How many attempts there are at most, this one included. Defaults to unknown, and then no failure is final unless
    /// the worker says so.
    pub const fn of(mut self, max: u32) -> Self {
        self.max = Some(max);
        self
    }

    /// Since when the job could have been started: what `job_wait_seconds` counts from.
    pub fn available_at(mut self, time: impl Into<SystemTime>) -> Self {
        self.available_at = Some(time.into());
        self
    }

    /// When the job was first offered: what `job_age_seconds` counts from.
    pub fn created_at(mut self, time: impl Into<SystemTime>) -> Self {
        self.created_at = Some(time.into());
        self
    }

    /// When that which is delivered was published: what `delivery_lag_seconds` counts from.
    pub fn published_at(mut self, time: impl Into<SystemTime>) -> Self {
        self.published_at = Some(time.into());
        self
    }

    /// How many inboxes of a delivery job are still open when this attempt begins. Defaults to as many as the attempt
    /// begins deliveries to, and to one, the attempt itself, if it begins none.
    ///
    /// Say it wherever one job serves many inboxes: when such a job is given up, those that were not even tried are
    /// lost too, and only this number tells how many they are.
    pub const fn inboxes(mut self, open: u64) -> Self {
        self.inboxes = Some(open);
        self
    }

    /// Whether there will be no other, as far as is known.
    #[must_use]
    pub const fn is_last(&self) -> bool {
        match (self.remaining, self.number, self.max) {
            (Some(remaining), _, _) => remaining == 0,
            (None, Some(number), Some(max)) => number >= max,
            (None, _, _) => false,
        }
    }

    /// How many there have been with this one, if that can be told.
    pub(crate) const fn used(&self) -> Option<u32> {
        match (self.number, self.remaining, self.max) {
            (Some(number), _, _) => Some(number),
            (None, Some(remaining), Some(max)) => Some(match max.saturating_sub(remaining) {
                0 => 1,
                used => used,
            }),
            (None, _, _) => None,
        }
    }

    /// The same, once it is known which one it is.
    pub(crate) const fn renumbered(mut self, number: u32) -> Self {
        self.number = Some(number);
        self
    }

    /// The one after it, which nobody waited for.
    pub(crate) const fn following(mut self) -> Self {
        self.number = match self.number {
            Some(number) => Some(number.saturating_add(1)),
            None => None,
        };
        self.available_at = None;
        self
    }

    /// The same, of which nobody knows whether it is the last.
    #[allow(
        dead_code,
        reason = "only an adapter asks for it, and each is a feature"
    )]
    pub(crate) const fn endless(mut self) -> Self {
        self.max = None;
        self
    }

    pub(crate) const fn open_inboxes(&self) -> Option<u64> {
        self.inboxes
    }

    /// For how many seconds it had waited when it began.
    pub(crate) fn waited(&self, began: SystemTime) -> Option<f64> {
        self.available_at.map(|then| seconds(then, began))
    }

    pub(crate) fn age(&self, now: SystemTime) -> Option<f64> {
        self.created_at.map(|then| seconds(then, now))
    }

    pub(crate) fn lag(&self, now: SystemTime) -> Option<f64> {
        self.published_at.map(|then| seconds(then, now))
    }

    /// Whether it could have been started as soon as it was offered, which is usual: then one subtraction tells both.
    pub(crate) fn waits_since_its_creation(&self) -> bool {
        self.available_at == self.created_at
    }
}

/// A clock of another machine may be ahead of ours: nothing ever took less than no time.
pub(crate) fn seconds(then: SystemTime, now: SystemTime) -> f64 {
    let since = now.duration_since(then).unwrap_or_default();
    // Only signed numbers become floats in one instruction, and no clock tells more seconds than fit into one.
    since.as_secs() as i64 as f64 + f64::from(since.subsec_nanos()) / 1e9
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_last_one_is_known_by_either_count() {
        assert!(Attempt::number(5).of(5).is_last());
        assert!(Attempt::number(6).of(5).is_last());
        assert!(!Attempt::number(4).of(5).is_last());
        assert!(!Attempt::number(99).is_last());
        assert!(Attempt::remaining(0).is_last());
        assert!(!Attempt::remaining(1).of(5).is_last());
        assert!(Attempt::only().is_last());
    }

    #[test]
    fn counting_begins_at_one() {
        assert_eq!(Attempt::number(0), Attempt::number(1));
        assert_eq!(Attempt::remaining(2).of(5).used(), Some(3));
        assert_eq!(Attempt::remaining(9).of(5).used(), Some(1));
        assert_eq!(Attempt::remaining(2).used(), None);
    }

    #[test]
    fn a_clock_that_is_ahead_makes_no_negative_wait() {
        let (now, minute) = (SystemTime::now(), Duration::from_secs(60));
        let ahead = Attempt::number(1)
            .available_at(now + minute)
            .created_at(now + minute);
        assert_eq!(ahead.waited(now), Some(0.0));
        assert_eq!(ahead.age(now), Some(0.0));
        assert_eq!(Attempt::number(1).waited(now), None);
    }
}
