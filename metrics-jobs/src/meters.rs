//! Meters: the handles of one job's series, resolved once. Nothing else in this crate touches a counter of a job.

use std::sync::Arc;

use fedimetrics_core::Reason;
use metrics::{Counter, Gauge, Histogram};

use crate::attempt::Attempt;
use crate::by_reason::ByReason;
use crate::catalogue;
use crate::delivery_meters::DeliveryMeters;
use crate::identity::Identity;
use crate::labels::Outcome;
use crate::source::Source;
use crate::target::TargetMeters;
use crate::timing::Timing;

/// How many fates there are.
pub(crate) const OUTCOMES: usize = Outcome::ALL.len();

/// The handles of one job's series.
#[derive(Debug)]
pub(crate) struct Meters {
    identity: Arc<Identity>,
    source: Source,
    enqueued: Counter,
    dropped: ByReason,
    started: Counter,
    finished: [Counter; OUTCOMES],
    failures: [ByReason; OUTCOMES],
    in_flight: Gauge,
    duration: Histogram,
    wait: Histogram,
    attempts: Histogram,
    age: Histogram,
    last_success: Gauge,
    delivery: Option<DeliveryMeters>,
    targets: Option<TargetMeters>,
}

impl Meters {
    /// Makes all declared series of this job, at 0.
    pub(crate) fn resolve(identity: Arc<Identity>, source: Source) -> Self {
        let of_job = &[identity.queue(), identity.worker()];
        let [queue, worker] = *of_job;
        let given = [
            (&catalogue::INTERVAL, identity.every()),
            (&catalogue::TIME_LIMIT, identity.time_limit()),
        ];
        for (metric, duration) in given {
            if let Some(duration) = duration {
                source.gauge(metric, of_job).set(duration.as_secs_f64());
            }
        }
        Self {
            enqueued: source.counter(&catalogue::ENQUEUED, of_job),
            dropped: ByReason::default(),
            started: source.counter(&catalogue::STARTED, of_job),
            finished: by_outcome(|outcome| {
                source.counter(&catalogue::FINISHED, &[queue, worker, outcome.as_str()])
            }),
            failures: by_outcome(|_| ByReason::default()),
            in_flight: source.gauge(&catalogue::IN_FLIGHT, of_job),
            duration: source.histogram(&catalogue::DURATION, of_job),
            wait: source.histogram(&catalogue::WAIT, of_job),
            attempts: source.histogram(&catalogue::JOB_ATTEMPTS, of_job),
            age: source.histogram(&catalogue::JOB_AGE, of_job),
            last_success: source.gauge(&catalogue::LAST_SUCCESS, of_job),
            delivery: identity
                .is_delivery()
                .then(|| DeliveryMeters::resolve(source.clone())),
            targets: identity
                .is_delivery()
                .then(|| TargetMeters::resolve(&source))
                .flatten(),
            identity,
            source,
        }
    }

    pub(crate) const fn identity(&self) -> &Arc<Identity> {
        &self.identity
    }

    /// `None` where the job was not declared as a delivery.
    pub(crate) const fn delivery(&self) -> Option<&DeliveryMeters> {
        self.delivery.as_ref()
    }

    /// `None` where the job was not declared as a delivery, or nothing is recorded.
    pub(crate) const fn targets(&self) -> Option<&TargetMeters> {
        self.targets.as_ref()
    }

    pub(crate) fn enqueued(&self, inboxes: u64) {
        self.enqueued.increment(1);
        if let Some(delivery) = &self.delivery {
            delivery.offered(inboxes);
        }
    }

    pub(crate) fn dropped(&self, jobs: u64, reason: Reason) {
        self.dropped.add(reason, jobs, || {
            let (queue, worker) = (self.identity.queue(), self.identity.worker());
            self.source
                .counter(&catalogue::DROPPED, &[queue, worker, reason.as_str()])
        });
    }

    pub(crate) fn started(&self, timing: &Timing) {
        self.started.increment(1);
        self.in_flight.increment(1.0);
        if let Some(waited) = timing.waited() {
            self.wait.record(waited);
        }
    }

    pub(crate) fn finished(
        &self,
        attempt: &Attempt,
        timing: &Timing,
        took: f64,
        outcome: Outcome,
        reason: Reason,
    ) {
        if let Some(finished) = self.finished.get(outcome.index()) {
            finished.increment(1);
        }
        if outcome == Outcome::Success {
            self.last_success.set(timing.unix(took));
        } else if let Some(failures) = self.failures.get(outcome.index()) {
            failures.add(reason, 1, || self.failure(outcome, reason));
        }
        self.in_flight.decrement(1.0);
        self.duration.record(took);
        if outcome.is_terminal() {
            if let Some(used) = attempt.used() {
                self.attempts.record(f64::from(used));
            }
            if let Some(age) = timing.age(attempt, took) {
                self.age.record(age);
            }
        }
    }

    fn failure(&self, outcome: Outcome, reason: Reason) -> Counter {
        let (queue, worker) = (self.identity.queue(), self.identity.worker());
        let values = [queue, worker, outcome.as_str(), reason.as_str()];
        self.source.counter(&catalogue::FAILURES, &values)
    }
}

/// One of each for every outcome, in their order.
pub(crate) fn by_outcome<T>(make: impl Fn(Outcome) -> T) -> [T; OUTCOMES] {
    std::array::from_fn(|place| make(Outcome::ALL[place]))
}
