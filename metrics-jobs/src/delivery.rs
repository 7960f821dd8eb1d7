//! Delivery: one inbox of an attempt that delivers to many.

use std::sync::Arc;
use std::thread;

use fedimetrics_core::Reason;
use quanta::Instant;

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
    /// Taken by whichever end comes first.
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    ledger: Arc<Ledger>,
    target: Option<Host>,
    began: Instant,
    /// Which one it is, if no other was under way when it began.
    alone: Option<u64>,
}

impl Delivery {
    /// Without a ledger, because its attempt has ended, it counts nothing.
    pub(crate) fn begin(ledger: Option<Arc<Ledger>>, target: Option<Host>) -> Self {
        let open = ledger.map(|ledger| {
            let alone = ledger.begun();
            ledger.listen();
            Open {
                alone,
                ledger,
                target,
                began: Instant::now(),
            }
        });
        Self { open }
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
        self.open
            .as_ref()
            .map_or(Outcome::Exception, |open| open.ledger.failed())
    }

    fn end(mut self, outcome: Outcome, reason: Reason) {
        self.close(outcome, reason);
    }

    fn close(&mut self, outcome: Outcome, reason: Reason) {
        let Some(open) = self.open.take() else {
            return;
        };
        let hidden = reason == Reason::Other && outcome != Outcome::Success;
        let heard = open.ledger.heard(open.alone.filter(|_| hidden));
        let (reason, took) = (heard.unwrap_or(reason), open.began.elapsed());
        open.ledger
            .ended(open.target.as_ref(), took, outcome, reason);
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        if thread::panicking() {
            self.close(self.failed(), Reason::Panic);
        } else {
            self.close(Outcome::Cancelled, Reason::Shutdown);
        }
    }
}
