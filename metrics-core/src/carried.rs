//! Carried: work that goes on in a task of its own, and still belongs where it was begun.

use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::scope::{self, Scope};

/// Lets a future belong to the request or the job that this thread is in, wherever it is polled: what is handed to
/// `tokio::spawn` would else be outside.
///
/// It belongs to the place that is known now: a route that an inner router publishes later is not heard of. What its
/// outgoing requests are answered is not told to the job that it was begun in, which may have ended.
///
/// # Examples
///
/// ```
/// use fedimetrics_core::{Name, carried, scope};
///
/// let mut worker = scope::Scope::worker(Name::new("deliver"));
/// let entered = worker.enter();
/// let future = carried(async { scope::place() });
/// drop(entered); // elsewhere, later
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
/// assert_eq!(runtime.block_on(future), scope::Place::Worker(Name::new("deliver")));
/// assert_eq!(scope::place(), scope::Place::Nowhere);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn carried<F: Future>(future: F) -> Carried<F> {
    Carried {
        inner: future,
        scope: scope::current(),
    }
}

pin_project! {
    /// A future that belongs where it was begun. Made by [`carried`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless they are polled"]
    pub struct Carried<F> {
        #[pin]
        inner: F,
        scope: Scope,
    }
}

impl<F: Future> Future for Carried<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _entered = this.scope.enter();
        this.inner.poll(cx)
    }
}
