//! Alarm: ends a wait, under any runtime.
//!
//! A timer of the host's runtime would need its feature, its context, and a runtime that still runs. A thread that sleeps
//! needs none of them. There is one for each question that is put to the host, eight at most, and it ends with it.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

/// Ready after a while. Dropping it ends its thread.
#[derive(Debug)]
pub(super) struct Alarm {
    bell: Arc<Bell>,
    _cancel: Sender<()>,
}

#[derive(Debug, Default)]
struct Bell(Mutex<(bool, Option<Waker>)>);

impl Alarm {
    pub(super) fn after(wait: Duration) -> io::Result<Self> {
        let bell = Arc::new(Bell::default());
        let (cancel, cancelled) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("metrics-alarm".into())
            .stack_size(128 * 1024);
        let ring = bell.clone();
        thread.spawn(move || {
            if cancelled.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                let waker = {
                    let mut state = ring.state();
                    state.0 = true;
                    state.1.take()
                };
                waker.into_iter().for_each(Waker::wake);
            }
        })?;
        Ok(Self {
            bell,
            _cancel: cancel,
        })
    }
}

impl Bell {
    fn state(&self) -> MutexGuard<'_, (bool, Option<Waker>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Future for Alarm {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.bell.state();
        if state.0 {
            return Poll::Ready(());
        }
        state.1 = Some(context.waker().clone());
        Poll::Pending
    }
}
