//! `impl Future`: a task, or a try of it, from its first poll to its end.

use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use apalis_core::error::BoxDynError;
use apalis_core::task::ExecutionContext;
use fedimetrics_core::Reason;
use fedimetrics_core::scope::{self, Scope};
use pin_project_lite::pin_project;

use crate::attempt::Attempt;
use crate::job::Job;
use crate::labels::Outcome;
use crate::ledger::Ledger;
use crate::run::Run;

use super::current::{self, Lent, Tries};
use super::fate;
use super::given::small;
use super::layer::Settings;

pin_project! {
    /// A task, or a try of it. Made by [`JobService`](super::JobService).
    #[must_use = "a task begins when its future is polled"]
    pub struct Observed<F> {
        #[pin]
        future: Option<F>,
        stage: Stage,
        scope: Scope,
        context: Arc<ExecutionContext>,
        settings: Settings,
    }

    impl<F> PinnedDrop for Observed<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            {
                let _entered = this.scope.enter();
                this.future.set(None);
            }
            match this.stage {
                Stage::Own(Some(tries)) => {
                    tries.run.renumber(number(this.context));
                    tries.run.close(Outcome::Cancelled, Reason::Shutdown);
                }
                Stage::Within(job) => {
                    current::with(job, Tries::dropped);
                }
                Stage::Own(None) | Stage::Waiting(..) | Stage::Part | Stage::Over => {}
            }
        }
    }
}

#[derive(Debug)]
enum Stage {
    Waiting(&'static Job, Attempt, Option<Arc<Ledger>>),
    /// Nobody around it observes this task.
    Own(Option<Box<Tries>>),
    /// A try of what a layer around it observes.
    Within(&'static Job),
    /// A part of a try that another layer observes.
    Part,
    Over,
}

impl<F> Observed<F> {
    pub(super) fn new(
        future: F,
        job: &'static Job,
        attempt: Attempt,
        ledger: Option<Arc<Ledger>>,
        context: Arc<ExecutionContext>,
        settings: Settings,
    ) -> Self {
        Self {
            future: Some(future),
            stage: Stage::Waiting(job, attempt, ledger),
            scope: Scope::worker(job.identity().name()),
            context,
            settings,
        }
    }
}

impl<F, T> Future for Observed<F>
where
    F: Future<Output = Result<T, BoxDynError>>,
{
    type Output = Result<T, BoxDynError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        this.stage.begin();
        match this.stage {
            Stage::Within(job) => {
                let result = {
                    let mut unwinding = TryUnwinding(Some(*job));
                    let result = advance(this.future.as_mut(), cx);
                    unwinding.0 = None;
                    ready!(result)
                };
                let reason = |error| known(fate::reason(error, this.context), scope::verdict());
                let failed = result.as_ref().err().map(reason);
                current::with(job, |tries| tries.end(failed));
                *this.stage = Stage::Over;
                Poll::Ready(result)
            }
            Stage::Own(slot) => {
                let result = {
                    let mut unwinding = Unwinding {
                        slot,
                        context: this.context,
                        sound: false,
                    };
                    let result = {
                        let _lent = Lent::lend(unwinding.slot);
                        let _entered = this.scope.enter();
                        advance(this.future.as_mut(), cx)
                    };
                    unwinding.sound = true;
                    ready!(result)
                };
                if let Some(mut tries) = slot.take() {
                    tries.run.renumber(number(this.context));
                    let seen = tries.failed().or_else(|| this.scope.verdict());
                    let (outcome, reason) =
                        decide(&tries.run, &result, this.context, this.settings, seen);
                    tries.run.close(outcome, reason);
                }
                *this.stage = Stage::Over;
                Poll::Ready(result)
            }
            Stage::Waiting(..) | Stage::Part | Stage::Over => advance(this.future.as_mut(), cx),
        }
    }
}

/// Polls it, and drops it when it is done, where it may still ask where it is.
fn advance<F: Future>(mut future: Pin<&mut Option<F>>, cx: &mut Context<'_>) -> Poll<F::Output> {
    let polled = match future.as_mut().as_pin_mut() {
        Some(future) => future.poll(cx),
        // Polled after its end, which no caller does: it has nothing more to say.
        None => Poll::Pending,
    };
    if polled.is_ready() {
        future.set(None);
    }
    polled
}

/// What the worker says stands above all; then the result; then what was seen within.
fn decide<T>(
    run: &Run,
    result: &Result<T, BoxDynError>,
    context: &ExecutionContext,
    settings: &Settings,
    seen: Option<Reason>,
) -> (Outcome, Reason) {
    if let Some(said) = run.said() {
        return said;
    }
    match (result, seen) {
        (Ok(_), Some(reason)) if settings.trusting => (Outcome::Discard, reason),
        (Ok(_), _) => (Outcome::Success, Reason::Other),
        (Err(error), seen) => {
            let reason = known(fate::reason(error, context), seen);
            if settings.within {
                fate::of_try(error, context, reason)
            } else {
                fate::of_task(error, context, &settings.rule, reason)
            }
        }
    }
}

/// What an error does not tell, something within it may have been told.
fn known(reason: Reason, seen: Option<Reason>) -> Reason {
    match reason {
        Reason::Other => seen.unwrap_or(reason),
        reason => reason,
    }
}

/// apalis counts an attempt when it begins, so that it is read when it ends.
fn number(context: &ExecutionContext) -> u32 {
    small(context.attempt()).max(1)
}

impl Stage {
    fn begin(&mut self) {
        if !matches!(self, Self::Waiting(..)) {
            return;
        }
        let Self::Waiting(job, attempt, ledger) = mem::replace(self, Self::Over) else {
            return;
        };
        let within = current::with(job, |tries| {
            let begins = tries.begin();
            if begins {
                // What an earlier try was answered is no reason of this one's.
                scope::note(None);
            }
            begins
        });
        *self = match within {
            Some(true) => Self::Within(job),
            Some(false) => Self::Part,
            None => {
                let run = Run::begin(job.meters().clone(), attempt, None, ledger);
                Self::Own(Some(Box::new(Tries::new(job, run))))
            }
        };
    }
}

/// Sees a panic of the task where it happens, wherever it is caught.
struct Unwinding<'a> {
    slot: &'a mut Option<Box<Tries>>,
    context: &'a ExecutionContext,
    sound: bool,
}

impl Drop for Unwinding<'_> {
    fn drop(&mut self) {
        if self.sound {
            return;
        }
        if let Some(mut tries) = self.slot.take() {
            tries.run.renumber(number(self.context));
            tries.run.panicked();
        }
    }
}

/// The same of a try, for the layer around it.
struct TryUnwinding(Option<&'static Job>);

impl Drop for TryUnwinding {
    fn drop(&mut self) {
        if let Some(job) = self.0 {
            current::with(job, |tries| tries.end(Some(Reason::Panic)));
        }
    }
}

impl<F> fmt::Debug for Observed<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observed")
            .field("stage", &self.stage)
            .finish_non_exhaustive()
    }
}
