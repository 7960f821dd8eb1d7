//! Prepared: an attempt that is described and not yet begun.

use std::future::Future;
use std::sync::Arc;

use crate::attempt::Attempt;
use crate::failure::Failure;
use crate::inside::Inside;
use crate::labels::Outcome;
use crate::ledger::Ledger;
use crate::measured::{Judged, Measured};
use crate::meters::Meters;
use crate::target::Host;

/// An attempt that is described and not yet begun. Made by [`Job::attempt`](crate::Job::attempt).
///
/// Whichever way it is run,
/// - it begins when the future is first polled, and never if that does not happen;
/// - its `Result` comes back untouched, and decides: `Ok` is a success; `Err` is a final failure on the last attempt, as
///   far as that is known, and else an exception;
/// - a future that is dropped half way is `cancelled`; one that panics is counted at that moment, wherever the panic is
///   caught, with the reason `panic`;
/// - [`scope::place`](fedimetrics_core::scope::place) tells its worker within, and where its error does not tell why, the last outgoing
///   request that was measured within does.
///
/// Within is what runs in this future's own polls. What is moved to another task, by `tokio::spawn` or a queue, neither
/// knows its worker nor is heard; of requests that run beside each other, the one that ended last is.
#[derive(Debug)]
#[must_use = "an attempt begins when it is run and awaited"]
pub struct Prepared {
    pub(crate) meters: Arc<Meters>,
    pub(crate) attempt: Attempt,
    pub(crate) target: Option<Host>,
    pub(crate) trusting: bool,
}

impl Prepared {
    pub(crate) const fn new(meters: Arc<Meters>, attempt: Attempt) -> Self {
        Self {
            meters,
            attempt,
            target: None,
            trusting: false,
        }
    }

    /// Names the server that the one inbox is on, for the log line of its loss and for [`Targets`](crate::Targets). Never
    /// a label, unless it was asked for there. Of an address, the host counts.
    pub fn to(mut self, host: &str) -> Self {
        self.target = Host::of(host);
        self
    }

    /// Believes the last outgoing request more than an `Ok`. For work that swallows what an inbox answered: where that
    /// request failed, the attempt is a discard for its reason, and not a success.
    ///
    /// Defaults to believing the `Ok`: a job may well ask several servers and be content with one.
    pub const fn trusting_verdict(mut self) -> Self {
        self.trusting = true;
        self
    }

    /// Runs the future as this attempt.
    ///
    /// # Cancellation
    ///
    /// Dropped half way, the attempt is `cancelled`. Put a timeout inside, so that it is counted as one.
    pub fn run<F, T, E, M>(self, future: F) -> Measured<F, fn(&E) -> Judged>
    where
        F: Future<Output = Result<T, E>>,
        E: Failure<M>,
    {
        Measured::new(self, future, usual::<E, M>, None)
    }

    /// Runs the future as this attempt, and asks what to make of an error: `None` for the usual.
    ///
    /// # Examples
    ///
    /// ```
    /// # use fedimetrics_core::Reason;
    /// # use fedimetrics_jobs::{Attempt, Job, Outcome};
    /// # static DELIVER: Job = Job::delivery("federation_out", "deliver");
    /// # async fn deliver() -> Result<(), Reason> { Err(Reason::http(410)) }
    /// # async fn worker(attempt: u32) -> Result<(), Reason> {
    /// DELIVER
    ///     .attempt(Attempt::number(attempt).of(10))
    ///     .run_deciding(deliver(), |error| (*error == Reason::http(410)).then_some(Outcome::Discard))
    ///     .await
    /// # }
    /// ```
    pub fn run_deciding<F, T, E, M, D>(
        self,
        future: F,
        decide: D,
    ) -> impl Future<Output = Result<T, E>>
    where
        F: Future<Output = Result<T, E>>,
        E: Failure<M>,
        D: FnOnce(&E) -> Option<Outcome>,
    {
        let judge = |error: &E| -> Judged { (decide(error), error.reason()) };
        Measured::new(self, future, judge, None)
    }

    /// Runs as this attempt the future that `work` makes, which can begin deliveries to many inboxes and say what
    /// is to be made of the attempt, whatever its `Result`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use fedimetrics_core::Reason;
    /// # use fedimetrics_jobs::{Attempt, Job};
    /// # static ANNOUNCE: Job = Job::delivery("federation_out", "announce");
    /// # async fn send(inbox: &str) -> Result<(), Reason> { Ok(()) }
    /// # async fn worker(attempt: u32, inboxes: Vec<String>) -> Result<(), Reason> {
    /// ANNOUNCE
    ///     .attempt(Attempt::number(attempt).of(10).inboxes(inboxes.len() as u64))
    ///     .run_with(|run| async move {
    ///         for inbox in &inboxes {
    ///             let delivery = run.delivery(inbox);
    ///             delivery.finish(&send(inbox).await);
    ///         }
    ///         Ok(())
    ///     })
    ///     .await
    /// # }
    /// ```
    pub fn run_with<F, T, E, M>(
        self,
        work: impl FnOnce(Inside) -> F,
    ) -> Measured<F, fn(&E) -> Judged>
    where
        F: Future<Output = Result<T, E>>,
        E: Failure<M>,
    {
        let ledger = Ledger::open(self.meters.clone(), self.attempt);
        let future = work(Inside::new(ledger.clone()));
        Measured::new(self, future, usual::<E, M>, Some(ledger))
    }
}

/// Nobody says more of an error than its reason.
fn usual<E: Failure<M>, M>(error: &E) -> Judged {
    (None, error.reason())
}
