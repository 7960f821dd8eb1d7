//! Entry: what is known of one server by its latest deliveries.

use crate::labels::{Outcome, Standing};

/// Seconds since the table was made; what was before that is below 0.
pub(super) type Second = i32;

/// How long a server is remembered after its latest delivery.
pub(super) const DAY: Second = 86_400;

impl Standing {
    /// `None` for what says nothing of a server: it was not asked.
    pub(super) const fn after(outcome: Outcome) -> Option<Self> {
        match outcome {
            Outcome::Success => Some(Self::Ok),
            Outcome::Exception => Some(Self::Failing),
            Outcome::FinalFailure | Outcome::Discard => Some(Self::GivenUp),
            Outcome::Snooze | Outcome::Cancelled => None,
        }
    }
}

/// What is known of one server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// When its latest delivery ended.
    pub(super) last: Second,
    /// When the first of its failures in a row ended.
    pub(super) since: Second,
    /// How many failures in a row.
    pub(super) failures: u32,
    /// Why the latest of them: a place in `Reason::all`, since a word is quicker counted than compared.
    pub(super) reason: u16,
    pub(super) standing: Standing,
}

impl Entry {
    pub(super) const fn new(now: Second) -> Self {
        Self {
            last: now,
            since: now,
            failures: 0,
            reason: 0,
            standing: Standing::Ok,
        }
    }

    pub(super) const fn is_expired(&self, now: Second) -> bool {
        now.saturating_sub(self.last) >= DAY
    }

    /// Whether that ended a row of failures.
    pub(super) fn delivered(&mut self, now: Second) -> bool {
        let failed = self.failures > 0;
        *self = Self::new(now);
        failed
    }

    pub(super) fn failed(&mut self, standing: Standing, reason: u16, now: Second) {
        if self.failures == 0 || self.is_expired(now) {
            *self = Self::new(now);
        }
        self.last = now;
        self.failures = self.failures.saturating_add(1);
        self.reason = reason;
        self.standing = standing;
    }
}
