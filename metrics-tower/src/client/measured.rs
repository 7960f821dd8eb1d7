//! Measured: a future that ends in a response's head, or in an error.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use fedimetrics_core::{Reason, scope};
use pin_project_lite::pin_project;

use super::ended::Ended;
use super::exchange::Exchange;

pin_project! {
    /// A future that ends in a response's head, or in an error.
    #[derive(Debug)]
    pub(super) struct Measured<F> {
        #[pin]
        inner: F,
        exchange: Option<Exchange>,
    }
}

impl<F> Measured<F> {
    /// Opened before the client's code is called, which may panic.
    pub(super) fn new(mut exchange: Option<Exchange>, send: impl FnOnce() -> F) -> Self {
        let unwinding = Unwinding(&mut exchange);
        let inner = send();
        unwinding.defuse();
        Self { inner, exchange }
    }
}

impl<F: Future> Measured<F> {
    /// Polls the client. How it ended is recorded, and noted in the thread's scope: so a job in whose poll this is learns
    /// of it, even where somebody between swallows it.
    pub(super) fn poll_judged(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        judge: impl FnOnce(&F::Output) -> Ended,
    ) -> Poll<F::Output> {
        let this = self.project();
        let unwinding = Unwinding(this.exchange);
        let polled = this.inner.poll(context);
        unwinding.defuse();
        let output = ready!(polled);
        let ended = judge(&output);
        scope::note(ended.verdict());
        if let Some(exchange) = this.exchange.take() {
            exchange.end(ended);
        }
        Poll::Ready(output)
    }
}

/// On the stack while the client's code runs. If that panics, that is how the request ended: to a `Drop` further out,
/// where the panic is caught, it would look like a cancelled one.
struct Unwinding<'a>(&'a mut Option<Exchange>);

impl Unwinding<'_> {
    /// The client's code has come back.
    const fn defuse(self) {
        std::mem::forget(self);
    }
}

impl Drop for Unwinding<'_> {
    fn drop(&mut self) {
        scope::note(Some(Reason::Panic));
        if let Some(exchange) = self.0.take() {
            exchange.end(Ended::Failed(Reason::Panic));
        }
    }
}
