//! Script: what an attempt does, and what that does to its inboxes.

use std::cell::Cell;
use std::panic::resume_unwind;
use std::rc::Rc;

use fedimetrics_core::Reason;
use fedimetrics_jobs::{Delivery, Inside, Outcome, Run};
use tokio::task::yield_now;

const WHY: Reason = Reason::Timeout;

/// What becomes of one delivery of many.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fate {
    Says(Outcome),
    Fails,
    Succeeds,
    PanicsWithin,
}

/// What becomes of an attempt, unless it is dropped before.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    Succeeds,
    Fails,
    Says(Outcome),
    Panics,
}

#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub(crate) fates: Vec<Fate>,
    pub(crate) end: End,
    /// Whether the attempt is told how many inboxes it has, where it can be left out.
    pub(crate) told: bool,
}

/// What an attempt has done to its inboxes so far.
#[derive(Debug, Default)]
pub(crate) struct Truth {
    pub(crate) settled: Cell<u64>,
    pub(crate) left: Cell<u64>,
}

impl Truth {
    /// What this fate does to an inbox, told by the specification and not by the code.
    pub(crate) fn note(&self, fate: Fate, last: bool) {
        let settles = match fate {
            Fate::Succeeds => true,
            Fate::Fails | Fate::PanicsWithin => last,
            Fate::Says(outcome) => outcome.is_terminal(),
        };
        self.settled.set(self.settled.get() + u64::from(settles));
        let leaves = matches!(fate, Fate::Says(Outcome::Snooze));
        self.left.set(self.left.get() + u64::from(leaves));
    }
}

pub(crate) fn settle(delivery: Delivery, fate: Fate) {
    match fate {
        Fate::Succeeds => delivery.finish(&Ok::<(), Reason>(())),
        Fate::Fails => delivery.finish(&Err::<(), _>(WHY)),
        Fate::Says(Outcome::Success) => delivery.success(),
        Fate::Says(Outcome::Exception) => delivery.exception(&WHY),
        Fate::Says(Outcome::FinalFailure) => delivery.final_failure(&WHY),
        Fate::Says(Outcome::Discard) => delivery.discard(&WHY),
        Fate::Says(Outcome::Snooze) => delivery.snooze(WHY),
        Fate::Says(Outcome::Cancelled) => drop(delivery),
        Fate::PanicsWithin => {
            let _delivery = delivery;
            // Unwinds without printing.
            resume_unwind(Box::new("within a delivery"))
        }
    }
}

pub(crate) async fn work(
    run: Inside,
    script: Script,
    truth: Rc<Truth>,
    last: bool,
) -> Result<(), Reason> {
    for fate in script.fates {
        yield_now().await;
        let delivery = run.delivery("inbox.example");
        yield_now().await;
        truth.note(fate, last);
        settle(delivery, fate);
    }
    yield_now().await;
    match script.end {
        End::Succeeds => Ok(()),
        End::Fails => Err(WHY),
        End::Panics => resume_unwind(Box::new("within the work")),
        End::Says(outcome) => {
            run.ends_as(outcome, WHY);
            Ok(())
        }
    }
}

pub(crate) fn finish(run: Run, end: End) {
    match end {
        End::Succeeds => run.finish(&Ok::<(), Reason>(())),
        End::Fails => run.finish(&Err::<(), _>(WHY)),
        End::Says(Outcome::Success) => run.success(),
        End::Says(Outcome::Exception) => run.exception(&WHY),
        End::Says(Outcome::FinalFailure) => run.final_failure(&WHY),
        End::Says(Outcome::Discard) => run.discard(&WHY),
        End::Says(Outcome::Snooze) => run.snooze(WHY),
        End::Says(Outcome::Cancelled) => drop(run),
        End::Panics => {
            let _run = run;
            resume_unwind(Box::new("within the worker"))
        }
    }
}
