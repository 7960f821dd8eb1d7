//! Queue: how long a request waits until the service within is ready for it.

use std::sync::Arc;
use std::task::Poll;

use crate::shards::Shards;
use fedimetrics_core::clock::Moment;

/// How long the request that comes next has waited. A clone waits for another one.
#[derive(Debug, Default)]
pub(crate) struct Queue(Option<Waiting>);

#[derive(Debug)]
enum Waiting {
    Since(Moment),
    Waited(f64),
}

impl Queue {
    /// Takes note of whether the service within is ready.
    #[cold]
    pub(crate) fn polled<T>(&mut self, shards: &Arc<Shards>, ready: &Poll<T>) {
        let clock = &shards.mine().clock;
        match (&self.0, ready) {
            (None | Some(Waiting::Waited(_)), Poll::Pending) => {
                self.0 = Some(Waiting::Since(clock.now()));
            }
            (Some(Waiting::Since(since)), Poll::Ready(_)) => {
                let seconds = clock.seconds(*since, clock.now());
                self.0 = Some(Waiting::Waited(seconds));
            }
            (Some(Waiting::Since(_)), Poll::Pending)
            | (None | Some(Waiting::Waited(_)), Poll::Ready(_)) => {}
        }
    }

    /// Seconds that the request waited which is called now.
    #[cold]
    pub(crate) fn take(&mut self) -> f64 {
        match self.0.take() {
            Some(Waiting::Waited(seconds)) => seconds,
            Some(Waiting::Since(_)) | None => 0.0,
        }
    }
}

impl Clone for Queue {
    fn clone(&self) -> Self {
        Self(None)
    }
}
