//! Staged: a future that is timed as a stage.

use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::running::Running;

pin_project! {
    /// A future that is timed as a stage. Made by [`stage`](super::stage()) and by [`Stages::time`](super::Stages::time).
    ///
    /// It begins when it is first polled: one that is never polled is not counted.
    #[derive(Debug)]
    #[must_use = "a stage begins when its future is polled"]
    pub struct Staged<'a, F> {
        // Dropped first, so that a stage within ends within.
        #[pin]
        future: F,
        running: Running<'a>,
    }
}

impl<'a, F> Staged<'a, F> {
    pub(super) const fn new(future: F, running: Running<'a>) -> Self {
        Self { future, running }
    }
}

impl<F: Future> Future for Staged<'_, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        this.running.at_work();
        let polled = this.future.poll(cx);
        this.running.look();
        if polled.is_ready() {
            this.running.end();
        }
        polled
    }
}
