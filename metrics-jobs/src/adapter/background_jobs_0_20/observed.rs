//! Observed: a job whose errors are looked at before the library makes texts of them.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use background_jobs_core::{Backoff, BoxError, Job, MaxRetries};
use fedimetrics_core::scope::Scope;
use fedimetrics_core::{Name, Reason};
use pin_project_lite::pin_project;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tracing::Span;

use super::heard;

/// A job whose errors are looked at before the library makes texts of them. For `register` only: what is pushed is the
/// job itself, and both read the same.
///
/// Within it [`scope::place`](fedimetrics_core::scope::place) tells the worker, and where the error does not tell why,
/// the last outgoing request that was measured within does. (Not in an `UnsendJob`, which runs in a task of its own.)
#[derive(Clone, Debug)]
pub struct Observed<J>(pub J);

impl<J: Job> Serialize for Observed<J> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, J: Job> Deserialize<'de> for Observed<J> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        J::deserialize(deserializer).map(Self)
    }
}

impl<J: Job> Job for Observed<J> {
    type State = J::State;
    type Error = BoxError;

    const NAME: &'static str = J::NAME;
    const QUEUE: &'static str = J::QUEUE;
    const MAX_RETRIES: MaxRetries = J::MAX_RETRIES;
    const BACKOFF: Backoff = J::BACKOFF;
    const HEARTBEAT_INTERVAL: u64 = J::HEARTBEAT_INTERVAL;

    fn run(self, state: J::State) -> impl Future<Output = Result<(), BoxError>> + Send {
        let mut unwinding = Unwinding(Some(J::NAME));
        let future = self.0.run(state);
        unwinding.0 = None;
        Running {
            future,
            name: J::NAME,
            scope: Scope::worker(Name::new(J::NAME)),
        }
    }

    fn span(&self) -> Option<Span> {
        self.0.span()
    }

    fn queue(&self) -> &str {
        self.0.queue()
    }

    fn max_retries(&self) -> MaxRetries {
        self.0.max_retries()
    }

    fn backoff_strategy(&self) -> Backoff {
        self.0.backoff_strategy()
    }

    fn heartbeat_interval(&self) -> u64 {
        self.0.heartbeat_interval()
    }
}

pin_project! {
    /// The job's future.
    struct Running<F> {
        #[pin]
        future: F,
        name: &'static str,
        scope: Scope,
    }
}

impl<F, E> Future for Running<F>
where
    F: Future<Output = Result<(), E>>,
    E: Into<BoxError>,
{
    type Output = Result<(), BoxError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut unwinding = Unwinding(Some(this.name));
        let polled = {
            let _entered = this.scope.enter();
            this.future.poll(cx)
        };
        unwinding.0 = None;
        let result = ready!(polled).map_err(Into::into);
        let failed = result.as_ref().err().map(|error: &BoxError| {
            match Reason::classify(AsRef::<dyn std::error::Error>::as_ref(error)) {
                Reason::Other => this.scope.verdict().unwrap_or(Reason::Other),
                reason => reason,
            }
        });
        heard::leave(this.name, failed);
        Poll::Ready(result)
    }
}

/// Sees a panic where it happens; the library catches it.
struct Unwinding(Option<&'static str>);

impl Drop for Unwinding {
    fn drop(&mut self) {
        if let Some(name) = self.0 {
            heard::leave(name, Some(Reason::Panic));
        }
    }
}

impl<F> fmt::Debug for Running<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
