//! Probing: a probe that runs, and ends with its handle.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use super::beat::Beats;
use super::probed::Probed;
use crate::error::{Error, Kind};
use crate::sink::Sink;

/// A probe that runs. It ends when this is dropped.
#[derive(Debug)]
#[must_use = "the probe ends where this is dropped"]
pub struct Probing {
    /// Nothing is ever sent: its end is the message.
    ending: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Shown while the thread is there, whichever way it ends.
struct Running(Arc<AtomicBool>);

impl Probing {
    pub(super) fn start(
        runtimes: Vec<Probed>,
        running: Arc<AtomicBool>,
        sink: Sink,
    ) -> Result<Self, Error> {
        let (ending, ends) = mpsc::channel();
        running.store(true, Ordering::Release);
        let running = Running(running);
        let thread = thread::Builder::new()
            .name("metrics-probe".into())
            .spawn(move || {
                run(runtimes, &sink, &ends);
                drop(running);
            })
            .map_err(Kind::Probe)?;
        Ok(Self {
            ending: Some(ending),
            thread: Some(thread),
        })
    }

    /// Ends it, and waits until its thread is gone, which takes no time.
    pub fn shutdown(mut self) {
        self.ending.take();
        if let Some(thread) = self.thread.take() {
            // It has caught what can panic in it, which is tokio's.
            let _ = thread.join();
        }
    }
}

impl Drop for Probing {
    fn drop(&mut self) {
        // Its thread goes on without being waited for: whoever drops this may be within a runtime.
        self.ending.take();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

fn run(mut runtimes: Vec<Probed>, sink: &Sink, ends: &Receiver<()>) {
    let mut beats = Beats::new();
    while !runtimes.is_empty() {
        let pause = beats.next().saturating_duration_since(Instant::now());
        if ends.recv_timeout(pause) != Err(RecvTimeoutError::Timeout) {
            break;
        }
        let due = beats.due(Instant::now());
        // A runtime that has ended is let go, with what its handle keeps alive.
        runtimes.retain(|runtime| {
            runtime.probe(due, sink);
            !runtime.lanes.has_ended()
        });
    }
}
