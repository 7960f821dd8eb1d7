//! Lane: one pool of one runtime, and the one probe that may wait for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use metrics::Histogram;

/// One pool of one runtime.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) pool: &'static str,
    begun: Instant,
    /// Since when a probe waits, in nanoseconds after `begun`. 0 while none does.
    since: AtomicU64,
    /// Whether a probe was thrown away unasked: that is how a runtime ends.
    lost: AtomicBool,
    /// Whether the probe that waits could not even be sent.
    unsent: AtomicBool,
}

/// A probe on its way. Whoever runs it answers; a runtime that ends drops it.
#[derive(Debug)]
pub(super) struct Ticket {
    lane: Arc<Lane>,
    delay: Histogram,
    answered: bool,
}

impl Lane {
    pub(super) fn new(pool: &'static str) -> Self {
        Self {
            pool,
            begun: Instant::now(),
            since: AtomicU64::new(0),
            lost: AtomicBool::new(false),
            unsent: AtomicBool::new(false),
        }
    }

    /// Whether one may be sent: none is on its way.
    pub(super) fn is_free(&self) -> bool {
        self.since.load(Ordering::Acquire) == 0 || self.unsent.swap(false, Ordering::AcqRel)
    }

    pub(super) fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Acquire)
    }

    /// How long the probe has waited that is still waiting, else nothing.
    pub(super) fn age(&self) -> Duration {
        match self.since.load(Ordering::Acquire) {
            0 => Duration::ZERO,
            since => self.now().saturating_sub(Duration::from_nanos(since)),
        }
    }

    /// A probe to be sent. One that could not be sent before keeps its time.
    pub(super) fn ticket(self: &Arc<Self>, delay: Histogram) -> Ticket {
        let now = u64::try_from(self.now().as_nanos()).unwrap_or(u64::MAX);
        let _ = self
            .since
            .compare_exchange(0, now.max(1), Ordering::AcqRel, Ordering::Relaxed);
        Ticket {
            lane: self.clone(),
            delay,
            answered: false,
        }
    }

    /// The system would not let it be sent: that is no end of the runtime, and the wait goes on.
    pub(super) fn unsent(&self) {
        self.lost.store(false, Ordering::Release);
        self.unsent.store(true, Ordering::Release);
    }

    fn now(&self) -> Duration {
        self.begun.elapsed()
    }
}

impl Ticket {
    pub(super) fn answer(mut self) {
        self.answered = true;
        let waited = self.lane.age();
        self.lane.since.store(0, Ordering::Release);
        self.delay.record(waited.as_secs_f64());
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if !self.answered {
            self.lane.lost.store(true, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_that_waits_ages_and_one_that_is_answered_does_not() {
        let lane = Arc::new(Lane::new("async"));
        assert_eq!(lane.age(), Duration::ZERO);
        let ticket = lane.ticket(Histogram::noop());
        while lane.age() < Duration::from_millis(2) {}
        assert!(!lane.is_free());
        ticket.answer();
        assert!(lane.is_free() && !lane.is_lost());
        assert_eq!(lane.age(), Duration::ZERO);
    }

    #[test]
    fn a_probe_that_could_not_be_sent_keeps_its_time_when_it_is_sent_again() {
        let lane = Arc::new(Lane::new("blocking"));
        drop(lane.ticket(Histogram::noop()));
        lane.unsent();
        assert!(lane.is_free() && !lane.is_lost());
        while lane.age() < Duration::from_millis(2) {}
        let ticket = lane.ticket(Histogram::noop());
        assert!(lane.age() >= Duration::from_millis(2) && !lane.is_free());
        ticket.answer();
        assert!(lane.is_free());
    }

    #[test]
    fn a_probe_that_is_dropped_is_lost() {
        let lane = Arc::new(Lane::new("async"));
        drop(lane.ticket(Histogram::noop()));
        assert!(lane.is_lost());
    }
}
