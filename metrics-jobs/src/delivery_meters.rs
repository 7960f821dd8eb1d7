//! DeliveryMeters: the handles of the delivery series, which all deliveries share.

use fedimetrics_core::Reason;
use metrics::{Counter, Histogram};

use crate::by_reason::ByReason;
use crate::catalogue;
use crate::labels::{How, Outcome};
use crate::meters::{OUTCOMES, by_outcome};
use crate::source::Source;

const HOWS: usize = How::ALL.len();

/// The handles of the delivery series.
#[derive(Debug)]
pub(crate) struct DeliveryMeters {
    source: Source,
    offered: Counter,
    attempts: [Counter; OUTCOMES],
    failures: [ByReason; OUTCOMES],
    lost: [ByReason; HOWS],
    duration: Histogram,
    lag: Histogram,
}

impl DeliveryMeters {
    pub(crate) fn resolve(source: Source) -> Self {
        let meters = Self {
            offered: source.counter(&catalogue::OFFERED, &[]),
            attempts: by_outcome(|outcome| {
                source.counter(&catalogue::DELIVERY_ATTEMPTS, &[outcome.as_str()])
            }),
            failures: by_outcome(|_| ByReason::default()),
            lost: std::array::from_fn(|_| ByReason::default()),
            duration: source.histogram(&catalogue::DELIVERY_DURATION, &[]),
            lag: source.histogram(&catalogue::DELIVERY_LAG, &[]),
            source,
        };
        if meters.source.is_live() {
            for (how, reason) in losses() {
                meters.lost(how, reason, 0);
            }
        }
        meters
    }

    pub(crate) fn offered(&self, inboxes: u64) {
        self.offered.increment(inboxes);
    }

    /// One inbox was tried. Whether it is lost with that follows from the fate.
    pub(crate) fn attempted(
        &self,
        took: f64,
        lag: impl FnOnce() -> Option<f64>,
        outcome: Outcome,
        reason: Reason,
    ) {
        if let Some(attempts) = self.attempts.get(outcome.index()) {
            attempts.increment(1);
        }
        self.duration.record(took);
        if outcome == Outcome::Success {
            if let Some(lag) = lag() {
                self.lag.record(lag);
            }
            return;
        }
        if let Some(failures) = self.failures.get(outcome.index()) {
            failures.add(reason, 1, || {
                let values = [outcome.as_str(), reason.as_str(), reason.blame().as_str()];
                self.source.counter(&catalogue::DELIVERY_FAILURES, &values)
            });
        }
        if let Some(how) = outcome.loss() {
            self.lost(how, reason, 1);
        }
    }

    pub(crate) fn lost(&self, how: How, reason: Reason, inboxes: u64) {
        if let Some(lost) = self.lost.get(how.index()) {
            lost.add(reason, inboxes, || {
                let values = [how.as_str(), reason.as_str(), reason.blame().as_str()];
                self.source.counter(&catalogue::LOST, &values)
            });
        }
    }
}

/// Every way in which an inbox can be lost. What expired has that for a reason.
fn losses() -> impl Iterator<Item = (How, Reason)> {
    How::ALL.iter().flat_map(|how| {
        Reason::all()
            .filter(|reason| *how != How::Expired || *reason == Reason::Expired)
            .map(|reason| (*how, reason))
    })
}
