//! Ledger: what became of the inboxes of one attempt that delivers to many.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use fedimetrics_core::Reason;
use fedimetrics_core::clock::Clock;
use fedimetrics_core::scope::{self, Place};

use crate::attempt::Attempt;
use crate::labels::{How, Outcome};
use crate::log;
use crate::meters::Meters;
use crate::run;
use crate::target::Host;

/// What became of the inboxes of one attempt that delivers to many.
///
/// Each is settled once: by its own delivery, or, if that did not settle it, by the end of an attempt that will not be
/// tried again. A delivery that is still under way when its attempt ends settles itself, by what the attempt ended in.
#[derive(Debug)]
pub(crate) struct Ledger {
    meters: Arc<Meters>,
    attempt: Attempt,
    book: Mutex<Book>,
}

#[derive(Debug, Default)]
struct Book {
    said: Option<(Outcome, Reason)>,
    begun: u64,
    under_way: u64,
    /// Delivered, lost, or left to somebody else.
    settled: u64,
    /// To be tried again if the attempt is.
    failed: Vec<Failed>,
    /// What the attempt ended in, once it has.
    closed: Option<Outcome>,
}

#[derive(Debug)]
struct Failed {
    target: Option<Host>,
    reason: Reason,
}

impl Ledger {
    pub(crate) fn open(meters: Arc<Meters>, attempt: Attempt) -> Arc<Self> {
        Arc::new(Self {
            meters,
            attempt,
            book: Mutex::default(),
        })
    }

    pub(crate) fn say(&self, outcome: Outcome, reason: Reason) {
        self.book().said = Some((outcome, reason));
    }

    pub(crate) fn said(&self) -> Option<(Outcome, Reason)> {
        self.book().said
    }

    /// One delivery began: which one, if no other is under way.
    pub(crate) fn begun(&self) -> Option<u64> {
        let mut book = self.book();
        book.begun += 1;
        book.under_way += 1;
        (book.under_way == 1).then_some(book.begun)
    }

    /// What the last outgoing request was told since this delivery began, if that can only have been its own: it was
    /// alone all the time, and the attempt's scope is here.
    pub(crate) fn heard(&self, alone: Option<u64>) -> Option<Reason> {
        let alone = alone.is_some_and(|number| self.book().begun == number);
        if alone && self.is_here() {
            scope::verdict()
        } else {
            None
        }
    }

    /// Forgets what earlier requests were told.
    pub(crate) fn listen(&self) {
        if self.is_here() {
            scope::note(None);
        }
    }

    fn is_here(&self) -> bool {
        scope::place() == Place::Worker(self.meters.identity().name())
    }

    /// Whether any delivery was begun.
    pub(crate) fn is_used(&self) -> bool {
        self.book().begun > 0
    }

    /// The fate of a delivery that failed, and of which nobody says more.
    pub(crate) const fn failed(&self) -> Outcome {
        run::failed(&self.attempt)
    }

    pub(crate) fn clock(&self) -> &Clock {
        self.meters.identity().clock()
    }

    /// One delivery ended, so many seconds after it began.
    pub(crate) fn ended(&self, target: Option<&Host>, took: f64, outcome: Outcome, reason: Reason) {
        let mut book = self.book();
        book.under_way = book.under_way.saturating_sub(1);
        let outcome = book.closed.map_or(outcome, |closed| late(closed, outcome));
        match outcome {
            Outcome::Exception | Outcome::Cancelled => {
                let target = target.cloned();
                book.failed.push(Failed { target, reason });
            }
            Outcome::Success | Outcome::FinalFailure | Outcome::Discard | Outcome::Snooze => {
                book.settled += 1;
            }
        }
        drop(book);
        if let Some(targets) = self.meters.targets() {
            targets.ended(target, outcome, reason);
        }
        if let Some(delivery) = self.meters.delivery() {
            let lag = || self.attempt.lag(SystemTime::now());
            delivery.attempted(took, lag, outcome, reason);
            if let Some(how) = outcome.loss() {
                self.log(how, reason, target, 1);
            }
        }
    }

    /// The attempt ended. If it will not be tried again, what it leaves open is lost: each inbox for the reason of its own
    /// last failure, and those that were not even tried for the attempt's.
    pub(crate) fn close(&self, outcome: Outcome, reason: Reason) {
        let (mut open, failed) = {
            let mut book = self.book();
            book.closed = Some(outcome);
            let inboxes = self.attempt.open_inboxes().unwrap_or(book.begun);
            let open = inboxes.saturating_sub(book.settled + book.under_way);
            (open, std::mem::take(&mut book.failed))
        };
        let how = match outcome {
            Outcome::FinalFailure => How::FinalFailure,
            // Work that ends well without having been done was given up.
            Outcome::Success | Outcome::Discard => How::Discard,
            Outcome::Exception | Outcome::Snooze | Outcome::Cancelled => return,
        };
        // An inbox that was tried more than once has failed more than once, and is lost once: the latest tell why.
        for failed in failed.into_iter().rev() {
            if open == 0 {
                return;
            }
            open -= 1;
            self.lost(how, failed.reason, failed.target.as_ref(), 1);
        }
        if open > 0 {
            self.lost(how, reason, None, open);
        }
    }

    fn lost(&self, how: How, reason: Reason, target: Option<&Host>, inboxes: u64) {
        if let (Some(targets), Some(host)) = (self.meters.targets(), target) {
            targets.gave_up(host);
        }
        if let Some(delivery) = self.meters.delivery() {
            delivery.lost(how, reason, inboxes);
            self.log(how, reason, target, inboxes);
        }
    }

    fn log(&self, how: How, reason: Reason, target: Option<&Host>, inboxes: u64) {
        log::lost(
            self.meters.identity(),
            how,
            reason,
            &self.attempt,
            target.map(Host::as_str),
            inboxes,
        );
    }

    /// Held for a few instructions, and never across an await or a call of the host's.
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The fate of a delivery that ends after its attempt has: if nobody will try that again, nobody will try this again.
const fn late(closed: Outcome, outcome: Outcome) -> Outcome {
    match (closed, outcome) {
        (Outcome::FinalFailure, Outcome::Exception | Outcome::Cancelled) => Outcome::FinalFailure,
        (Outcome::Success | Outcome::Discard, Outcome::Exception | Outcome::Cancelled) => {
            Outcome::Discard
        }
        (_, outcome) => outcome,
    }
}
