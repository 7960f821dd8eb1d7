//! Probed: one runtime, and its two lanes.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use ::tokio::runtime::Handle;
use ::tokio::task::yield_now;
use metrics::Histogram;

use super::lane::{Lane, Ticket};
use crate::catalogue::{POOLS, SCHEDULE_DELAY};
use crate::sink::Sink;

/// A worker that finds nothing else to do is back sooner. Tens of tasks take longer.
const NOTHING: Duration = Duration::from_micros(20);

/// The two pools of one runtime, as a scrape reads them.
#[derive(Clone, Debug)]
pub(super) struct Lanes {
    pub(super) runtime: &'static str,
    pub(super) workers: Arc<Lane>,
    pub(super) blocking: Arc<Lane>,
}

/// One runtime that is probed.
#[derive(Debug)]
pub(super) struct Probed {
    pub(super) lanes: Lanes,
    handle: Handle,
}

impl Lanes {
    pub(super) fn new(runtime: &'static str) -> Self {
        let [workers, blocking] = POOLS.map(|pool| Arc::new(Lane::new(pool)));
        Self {
            runtime,
            workers,
            blocking,
        }
    }

    pub(super) fn each(&self) -> [&Arc<Lane>; 2] {
        [&self.workers, &self.blocking]
    }

    pub(super) fn delay(&self, lane: &Lane, sink: &Sink) -> Histogram {
        sink.histogram(&SCHEDULE_DELAY, &[self.runtime, lane.pool])
    }

    pub(super) fn has_ended(&self) -> bool {
        self.each().into_iter().any(|lane| lane.is_lost())
    }
}

impl Probed {
    pub(super) fn new(runtime: &'static str, handle: Handle) -> Self {
        Self {
            lanes: Lanes::new(runtime),
            handle,
        }
    }

    /// Sends what is due, unless one is on its way already.
    pub(super) fn probe(&self, [workers, blocking]: [bool; 2], sink: &Sink) {
        if workers {
            self.send(&self.lanes.workers, sink, |ticket| {
                drop(self.handle.spawn(async move {
                    behind_the_others().await;
                    ticket.answer();
                }));
            });
        }
        if blocking {
            self.send(&self.lanes.blocking, sink, |ticket| {
                drop(self.handle.spawn_blocking(move || ticket.answer()));
            });
        }
    }

    fn send(&self, lane: &Arc<Lane>, sink: &Sink, send: impl FnOnce(Ticket)) {
        if !lane.is_free() {
            return;
        }
        let ticket = lane.ticket(self.lanes.delay(lane, sink));
        // tokio panics where the system has no thread left for the blocking pool.
        if catch_unwind(AssertUnwindSafe(|| send(ticket))).is_err() {
            lane.unsent();
        }
    }
}

/// What is spawned from outside waits in the queue that all workers share, and they look there often, however long their
/// own queues are. Most tasks wait in those: so this goes to the end of one, as whatever wakes itself does. With 100 tasks
/// of 10 ms on 2 workers it makes 0.5 s of 0.02 s.
///
/// What goes there also wakes one more worker, to share the queue, and a wake is most of what a probe costs. So it first asks
/// to be put off until the worker has nothing else to do or has run some tens of tasks. Where that takes no time there are
/// no others.
async fn behind_the_others() {
    let arrived = Instant::now();
    yield_now().await;
    if arrived.elapsed() > NOTHING {
        last_in_the_queue().await;
    }
}

async fn last_in_the_queue() {
    let mut arrived = false;
    poll_fn(|context| {
        if arrived {
            return Poll::Ready(());
        }
        arrived = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
