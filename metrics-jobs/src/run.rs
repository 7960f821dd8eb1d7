//! Run: an attempt that is under way. Every way out of it is counted once.

use std::mem;
use std::sync::{Arc, OnceLock};
use std::thread;

use fedimetrics_core::Reason;

use crate::attempt::Attempt;
use crate::delivery::Delivery;
use crate::failure::Failure;
use crate::labels::Outcome;
use crate::ledger::Ledger;
use crate::log;
use crate::meters::Meters;
use crate::running::Place;
use crate::target::Host;
use crate::timing::Timing;

/// An attempt that is under way, for loops that cannot wrap a future. Made by [`Job::start`](crate::Job::start).
///
/// End it by one of its methods; each takes the guard, so that it is counted once.
///
/// What it lacks beside [`Job::attempt`](crate::Job::attempt), which is the one to use where a future can be wrapped:
/// - the work does not know its worker: [`scope::place`](fedimetrics_core::scope::place) is empty there;
/// - a failure whose error does not tell why is `other`, since nobody listens to what outgoing requests were answered;
/// - a panic is told from a shutdown only while it unwinds through the guard's owner.
///
/// # Cancellation
///
/// Dropped, it is `cancelled`; dropped while its thread panics, it is a failure with the reason `panic`: a final one on
/// the last attempt, as far as that is known, and else an exception.
///
/// # Examples
///
/// ```
/// # use std::io;
/// # use fedimetrics_jobs::{Attempt, Job};
/// # static CLEAN_UP: Job = Job::new("maintenance", "clean_up");
/// # fn clean_up() -> Result<(), io::Error> { Ok(()) }
/// let run = CLEAN_UP.start(Attempt::number(1).of(3));
/// let result = clean_up();
/// run.finish(&result);
/// ```
#[derive(Debug)]
#[must_use = "dropped at once, an attempt is cancelled at once"]
pub struct Run {
    meters: Arc<Meters>,
    attempt: Attempt,
    target: Option<Host>,
    timing: Timing,
    place: Option<Place>,
    ledger: OnceLock<Arc<Ledger>>,
    /// Set by whichever end comes first.
    ended: bool,
}

impl Run {
    // In place: a call would copy what is known of the attempt, and that is a tenth of all that an attempt costs.
    #[inline(always)]
    pub(crate) fn begin(
        meters: Arc<Meters>,
        attempt: Attempt,
        target: Option<Host>,
        ledger: Option<Arc<Ledger>>,
    ) -> Self {
        let identity = meters.identity();
        let timing = Timing::start(identity.clock(), &attempt);
        let place = identity.running().begin(timing.began);
        meters.started(&timing);
        Self {
            place,
            meters,
            attempt,
            target,
            timing,
            ended: false,
            ledger: ledger.map_or_else(OnceLock::new, OnceLock::from),
        }
    }

    /// Names the server that the one inbox is on. See [`Prepared::to`](crate::Prepared::to).
    pub fn to(mut self, host: &str) -> Self {
        self.target = Host::of(host);
        self
    }

    /// Begins to deliver to one of the job's inboxes. See [`Inside::delivery`](crate::Inside::delivery).
    pub fn delivery(&self, host: &str) -> Delivery {
        Delivery::begin(self.ledger().clone(), Host::of(host))
    }

    /// Ends by a result: success; a final failure on the last attempt, as far as that is known; else an exception.
    pub fn finish<T, E: Failure<M>, M>(self, result: &Result<T, E>) {
        match result {
            Ok(_) => self.success(),
            Err(error) => {
                let outcome = self.failed();
                self.end(outcome, error.reason());
            }
        }
    }

    /// It did what it was for.
    pub fn success(self) {
        self.end(Outcome::Success, Reason::Other);
    }

    /// It failed and will be tried again.
    pub fn exception<M>(self, error: &impl Failure<M>) {
        self.end(Outcome::Exception, error.reason());
    }

    /// It failed and will not be tried again.
    pub fn final_failure<M>(self, error: &impl Failure<M>) {
        self.end(Outcome::FinalFailure, error.reason());
    }

    /// Given up on purpose: the target is gone or blocked, or the breaker is open.
    pub fn discard<M>(self, error: &impl Failure<M>) {
        self.end(Outcome::Discard, error.reason());
    }

    /// Postponed on purpose.
    pub fn snooze(self, reason: Reason) {
        self.end(Outcome::Snooze, reason);
    }

    /// Given back unfinished. The same as dropping it.
    pub fn cancel(self) {
        self.end(Outcome::Cancelled, Reason::Shutdown);
    }

    /// Ends this try as an exception, and begins the next with what the job has open: for queues that try again within
    /// what they call one attempt.
    #[allow(
        dead_code,
        reason = "only an adapter asks for it, and each is a feature"
    )]
    pub(crate) fn turn_over(&mut self, reason: Reason) {
        let next = Self::begin(
            self.meters.clone(),
            self.attempt.following(),
            self.target.clone(),
            self.ledger.get().cloned(),
        );
        mem::replace(self, next).end(Outcome::Exception, reason);
    }

    /// Says which attempt it is, where that is known only now.
    #[allow(
        dead_code,
        reason = "only an adapter asks for it, and each is a feature"
    )]
    pub(crate) fn renumber(&mut self, number: u32) {
        self.attempt = self.attempt.renumbered(number);
    }

    fn end(mut self, outcome: Outcome, reason: Reason) {
        self.close(outcome, reason);
    }

    /// The fate of a failure that nobody says more of.
    pub(crate) const fn failed(&self) -> Outcome {
        failed(&self.attempt)
    }

    pub(crate) fn said(&self) -> Option<(Outcome, Reason)> {
        self.ledger.get()?.said()
    }

    pub(crate) fn panicked(&mut self) {
        self.close(self.failed(), Reason::Panic);
    }

    fn ledger(&self) -> &Arc<Ledger> {
        self.ledger
            .get_or_init(|| Ledger::open(self.meters.clone(), self.attempt))
    }

    /// Ends it, unless it has ended.
    pub(crate) fn close(&mut self, outcome: Outcome, reason: Reason) {
        if mem::replace(&mut self.ended, true) {
            return;
        }
        let (meters, identity) = (&*self.meters, self.meters.identity());
        let took = self.timing.took(identity.clock());
        if let Some(place) = self.place.take() {
            identity.running().end(place);
        }
        meters.finished(&self.attempt, &self.timing, took, outcome, reason);
        let Some(delivery) = meters.delivery() else {
            return;
        };
        if self.attempt.open_inboxes().is_some() {
            self.ledger().close(outcome, reason);
            return;
        }
        if let Some(ledger) = self.ledger.get().filter(|ledger| ledger.is_used()) {
            ledger.close(outcome, reason);
            return;
        }
        let lag = || self.timing.lag(&self.attempt, took);
        delivery.attempted(took, lag, outcome, reason);
        if let Some(targets) = meters.targets() {
            targets.ended(self.target.as_ref(), outcome, reason);
        }
        if let Some(how) = outcome.loss() {
            let target = self.target.as_ref().map(Host::as_str);
            log::lost(identity, how, reason, &self.attempt, target, 1);
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        if thread::panicking() {
            self.panicked();
        } else {
            self.close(Outcome::Cancelled, Reason::Shutdown);
        }
    }
}

/// The fate of a failure that nobody says more of.
pub(crate) const fn failed(attempt: &Attempt) -> Outcome {
    if attempt.is_last() {
        Outcome::FinalFailure
    } else {
        Outcome::Exception
    }
}
