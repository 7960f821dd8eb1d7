//! Measured: a future that is an attempt.

use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use fedimetrics_core::Reason;
use fedimetrics_core::scope::Scope;
use pin_project_lite::pin_project;

use crate::labels::Outcome;
use crate::ledger::Ledger;
use crate::prepared::Prepared;
use crate::run::Run;

/// What is made of an error: its fate, if the worker says so, and why.
pub(crate) type Judged = (Option<Outcome>, Reason);

pin_project! {
    /// A future that is an attempt, from its first poll to its end. Made by [`Prepared::run`] and
    /// [`Prepared::run_with`]; `F` is what it runs, and `J` what judges an error of that.
    #[must_use = "an attempt begins when its future is polled"]
    pub struct Measured<F, J> {
        #[pin]
        future: Option<F>,
        judge: Option<J>,
        stage: Stage,
        scope: Scope,
        trusting: bool,
    }

    impl<F, J> PinnedDrop for Measured<F, J> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            {
                // What is dropped within may still ask where it is.
                let _entered = this.scope.enter();
                this.future.set(None);
            }
            // A panic that drops this future from the outside is not this attempt's.
            if let Stage::Begun(run) = this.stage {
                run.close(Outcome::Cancelled, Reason::Shutdown);
            }
        }
    }
}

#[derive(Debug)]
enum Stage {
    Waiting(Prepared, Option<Arc<Ledger>>),
    Begun(Run),
    /// Nowhere but between the other two.
    Over,
}

impl<F, J> Measured<F, J> {
    pub(crate) fn new(
        prepared: Prepared,
        future: F,
        judge: J,
        ledger: Option<Arc<Ledger>>,
    ) -> Self {
        Self {
            future: Some(future),
            judge: Some(judge),
            scope: Scope::worker(prepared.meters.identity().name()),
            trusting: prepared.trusting,
            stage: Stage::Waiting(prepared, ledger),
        }
    }
}

impl<F, J, T, E> Future for Measured<F, J>
where
    F: Future<Output = Result<T, E>>,
    J: FnOnce(&E) -> Judged,
{
    type Output = Result<T, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let mut run = Unwinding(this.stage.begin());
        let polled = {
            let _entered = this.scope.enter();
            let polled = match this.future.as_mut().as_pin_mut() {
                Some(future) => future.poll(cx),
                // Polled after its end, which no caller does: it has nothing more to say.
                None => Poll::Pending,
            };
            if polled.is_ready() {
                this.future.set(None);
            }
            polled
        };
        if polled.is_pending() {
            run.defuse();
        }
        let result = ready!(polled);
        let judged = result.as_ref().map(|_| ()).map_err(|error| {
            this.judge
                .take()
                .map_or((None, Reason::Other), |judge| judge(error))
        });
        if let Some(run) = run.defuse() {
            let (outcome, reason) = fate(run, judged, this.scope.verdict(), *this.trusting);
            run.close(outcome, reason);
        }
        Poll::Ready(result)
    }
}

impl<F, J> fmt::Debug for Measured<F, J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Measured")
            .field("stage", &self.stage)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

/// What the worker says stands above all; then the result; then what outgoing requests were answered.
fn fate(
    run: &Run,
    judged: Result<(), Judged>,
    verdict: Option<Reason>,
    trusting: bool,
) -> (Outcome, Reason) {
    if let Some(said) = run.said() {
        return said;
    }
    match (judged, verdict) {
        (Ok(()), Some(reason)) if trusting => (Outcome::Discard, reason),
        (Ok(()), _) => (Outcome::Success, Reason::Other),
        (Err((decided, reason)), verdict) => {
            let hidden = reason == Reason::Other;
            let reason = verdict.filter(|_| hidden).unwrap_or(reason);
            (decided.unwrap_or_else(|| run.failed()), reason)
        }
    }
}

impl Stage {
    /// The run, begun if it was not. `None` once it is over.
    fn begin(&mut self) -> Option<&mut Run> {
        match mem::replace(self, Self::Over) {
            Self::Waiting(prepared, ledger) => {
                let Prepared {
                    meters,
                    attempt,
                    target,
                    ..
                } = prepared;
                *self = Self::Begun(Run::begin(meters, attempt, target, ledger));
            }
            begun => *self = begun,
        }
        match self {
            Self::Begun(run) => Some(run),
            Self::Waiting(..) | Self::Over => None,
        }
    }
}

/// Sees a panic where it happens. Wherever it is caught, the attempt is over; asked later, the thread no longer panics.
struct Unwinding<'a>(Option<&'a mut Run>);

impl<'a> Unwinding<'a> {
    const fn defuse(&mut self) -> Option<&'a mut Run> {
        self.0.take()
    }
}

impl Drop for Unwinding<'_> {
    fn drop(&mut self) {
        if let Some(run) = self.0.take() {
            run.panicked();
        }
    }
}
