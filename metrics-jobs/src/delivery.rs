//! Delivery: one inbox of an attempt that delivers to many.

use std::mem;
use std::sync::Arc;
use std::thread;

use fedimetrics_core::Reason;
use fedimetrics_core::clock::Moment;

use crate::failure::Failure;
use crate::labels::Outcome;
use crate::ledger::Ledger;
use crate::target::Host;

/// One inbox of an attempt that delivers to many. Made by [`Inside::delivery`](crate::Inside::delivery) and
/// [`Run::delivery`](crate::Run::delivery).
///
/// An inbox is *settled* once: delivered, or lost. What is not settled is pending for as long as the job will be tried
/// again; when the job ends for good (success, final failure, discard), what it leaves unsettled is lost.
///
/// One of these for each inbox and attempt: what is tried again within an attempt belongs inside it. Where its error does
/// not tell why, the last outgoing request that was measured since it began does, unless others are delivered to at the
/// same time or the attempt is a bare [`Run`](crate::Run).
///
/// # Cancellation
///
/// Dropped, it is `cancelled`, and the inbox pending; dropped while its thread panics, it is a failure with the reason
/// `panic`: a final one on the last attempt, as far as that is known, and else an exception.
#[derive(Debug)]
#[must_use = "dropped at once, a delivery is cancelled at once"]
pub struct Delivery {
    ledger: Arc<Ledger>,
    target: Option<Host>,
    began: Moment,
    /// Which one it is, if no other was under way when it began.
    alone: Option<u64>,
    /// Set by whichever end comes first.
    ended: bool,
}

impl Delivery {
    pub(crate) fn begin(ledger: Arc<Ledger>, target: Option<Host>) -> Self {
        let alone = ledger.begun();
        ledger.listen();
        Self {
            alone,
            began: ledger.clock().now(),
            ledger,
            target,
            ended: false,
        }
    }

    /// Ends by a result: delivered; lost on the last attempt, as far as that is known; else an exception.
    pub fn finish<T, E: Failure<M>, M>(self, result: &Result<T, E>) {
        match result {
            Ok(_) => self.success(),
            Err(error) => {
                let outcome = self.failed();
                self.end(outcome, error.reason());
            }
        }
    }

    /// Delivered.
    pub fn success(self) {
        self.end(Outcome::Success, Reason::Other);
    }

    /// It failed; the inbox is pending until the next attempt.
    pub fn exception<M>(self, error: &impl Failure<M>) {
        self.end(Outcome::Exception, error.reason());
    }

    /// It failed, and this inbox will not be tried again: lost.
    pub fn final_failure<M>(self, error: &impl Failure<M>) {
        self.end(Outcome::FinalFailure, error.reason());
    }

    /// Given up on purpose, because the target is gone or blocked or the breaker is open: lost.
    pub fn discard<M>(self, error: &impl Failure<M>) {
        self.end(Outcome::Discard, error.reason());
    }

    /// Postponed on purpose: the inbox is pending, and stays so whatever the attempt ends in. This is also the way to
    /// leave an inbox to another job, which does not offer it again.
    pub fn snooze(self, reason: Reason) {
        self.end(Outcome::Snooze, reason);
    }

    fn failed(&self) -> Outcome {
        self.ledger.failed()
    }

    fn end(mut self, outcome: Outcome, reason: Reason) {
        self.close(outcome, reason);
    }

    fn close(&mut self, outcome: Outcome, reason: Reason) {
        if mem::replace(&mut self.ended, true) {
            return;
        }
        let hidden = reason == Reason::Other && outcome != Outcome::Success;
        let heard = self.ledger.heard(self.alone.filter(|_| hidden));
        let clock = self.ledger.clock();
        let took = clock.seconds(self.began, clock.now());
        let reason = heard.unwrap_or(reason);
        self.ledger
            .ended(self.target.as_ref(), took, outcome, reason);
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        if thread::panicking() {
            self.close(self.failed(), Reason::Panic);
        } else {
            self.close(Outcome::Cancelled, Reason::Shutdown);
        }
    }
}
