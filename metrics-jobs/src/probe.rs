//! Probe: reads a queue's depth again and again.

use std::future::{Future, poll_fn};
use std::hash::{BuildHasher, RandomState};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;
use std::time::Duration;

use fedimetrics_core::Reason;
use quanta::Instant;
use tokio::time::{sleep, timeout};

use crate::failure::Failure;
use crate::queue::Queue;
use crate::readings::{Depth, Readings};

impl Queue {
    /// Reads this queue's depth at once, and then again and again, at the interval of
    /// [`probed_every`](Self::probed_every) give or take a tenth, so that the processes of a server do not all ask at
    /// the same moment. Nothing is spawned: give it to a task of your own, in one process.
    ///
    /// A reading that fails, panics or takes longer than `limit` makes depth and oldest age absent and
    /// `job_queue_probe_success` 0, and is logged when it was fine before, by its reason and never by its text.
    ///
    /// One task owns a queue's readings: a second one returns at once, with a warning, for as long as the first is there.
    /// Between processes nobody can tell: let one role spawn it, and read shared queues with `max by (queue)` all the same.
    ///
    /// It returns at once for a queue that is not declared with `probed_every`.
    ///
    /// # Cancellation
    ///
    /// Once it is dropped, depth and oldest age are absent.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::{io, time::Duration};
    /// use fedimetrics_jobs::{Depth, Purpose, Queue};
    ///
    /// static OUTBOX: Queue = Queue::new("federation_out", Purpose::FederationOut).probed_every(Duration::from_secs(30));
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # async fn count() -> Result<u64, io::Error> { Ok(3) }
    /// let probe = tokio::spawn(OUTBOX.probe(Duration::from_secs(5), || async {
    ///     Ok::<_, io::Error>(Depth { ready: count().await?, ..Depth::default() })
    /// }));
    /// # probe.abort();
    /// # }
    /// ```
    pub fn probe<R, F, E, M>(
        &self,
        limit: Duration,
        read: R,
    ) -> impl Future<Output = ()> + use<R, F, E, M>
    where
        R: FnMut() -> F,
        F: Future<Output = Result<Depth, E>>,
        E: Failure<M>,
    {
        let readings = self.readings().cloned();
        let interval = self.interval().unwrap_or_default();
        let name: Arc<str> = self.name().into();
        async move {
            match readings.map(Reading::own) {
                Some(Some(reading)) => probing(reading, &name, interval, limit, read).await,
                Some(None) => tracing::warn!(queue = &*name, "the queue is probed already"),
                None => {}
            }
        }
    }
}

async fn probing<R, F, E, M>(
    reading: Reading,
    queue: &str,
    interval: Duration,
    limit: Duration,
    mut read: R,
) where
    R: FnMut() -> F,
    F: Future<Output = Result<Depth, E>>,
    E: Failure<M>,
{
    let mut worked = true;
    loop {
        let began = Instant::now();
        let read = once(limit, &mut read).await;
        let took = began.elapsed();
        match &read {
            Ok(depth) => reading.0.succeeded(*depth, took),
            Err(reason) => {
                reading.0.failed(Some(took));
                if worked {
                    tracing::warn!(
                        queue,
                        reason = reason.as_str(),
                        "the queue cannot be read: its depth is absent"
                    );
                }
            }
        }
        worked = read.is_ok();
        sleep(jittered(interval)).await;
    }
}

async fn once<R, F, E, M>(limit: Duration, read: &mut R) -> Result<Depth, Reason>
where
    R: FnMut() -> F,
    F: Future<Output = Result<Depth, E>>,
    E: Failure<M>,
{
    let future = catch_unwind(AssertUnwindSafe(read)).map_err(|_| Reason::Panic)?;
    let mut future = pin!(future);
    let caught = poll_fn(
        |cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
            Ok(polled) => polled.map(|read| read.map_err(|error| error.reason())),
            Err(_) => Poll::Ready(Err(Reason::Panic)),
        },
    );
    timeout(limit, caught).await.unwrap_or(Err(Reason::Timeout))
}

/// The interval, give or take a tenth.
fn jittered(interval: Duration) -> Duration {
    let chance = RandomState::new().hash_one(()) as f64 / u64::MAX as f64;
    interval.mul_f64(0.9 + 0.2 * chance)
}

/// What cannot be read any more is absent.
struct Reading(Arc<Readings>);

impl Reading {
    /// `None` if it has an owner.
    fn own(readings: Arc<Readings>) -> Option<Self> {
        let owned = readings.probed.swap(true, Ordering::AcqRel);
        (!owned).then(|| Self(readings))
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.0.failed(None);
        self.0.probed.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_varies_by_a_tenth() {
        let second = Duration::from_secs(1);
        let waits: Vec<_> = (0..100).map(|_| jittered(second)).collect();
        assert!(
            waits
                .iter()
                .all(|wait| (900..=1100).contains(&wait.as_millis()))
        );
        assert!(waits.iter().any(|wait| *wait != waits[0]));
    }
}
