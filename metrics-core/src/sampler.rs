//! Sampler: values that have to be waited for, read from time to time and not by the scrape.

use std::fmt;
use std::future::poll_fn;
use std::hash::{BuildHasher, RandomState};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use crate::catalogue::COLLECTOR_SUCCESS;
use crate::collect::{Collector, Samples};
use crate::failure::Failure;
use crate::reason::Reason;
use crate::watch::{Watch, Watching};

/// A reading is served for this many intervals: one may fail and one may be late.
const FRESH: u32 = 3;

/// Values that have to be waited for, as those of a database: read from time to time by a task of the host's, and served
/// to each scrape from memory.
///
/// The last reading is served until it is three intervals old, and then absent: never 0, and never the last one for ever.
/// `exporter_collector_success` under this sampler's name is 1 as long as the last attempt was a success, and 0 before the
/// first one.
///
/// # Examples
///
/// ```
/// use std::{io, time::Duration};
/// use fedimetrics_core::{Exporter, Metric, Sampler};
///
/// static REPORTS: Metric = Metric::gauge("demo_open_reports", "Reports that no moderator has looked at.").at_scrape();
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), fedimetrics_core::Error> {
/// # async fn count() -> Result<u32, io::Error> { Ok(3) }
/// let reports = Sampler::new("reports", Duration::from_secs(60), |open: &u32, samples| {
///     samples.add(&REPORTS, &[], f64::from(*open));
/// });
/// let exporter = Exporter::builder().watch(&reports).build()?;
/// let sampling = tokio::spawn(reports.sample(Duration::from_secs(5), count));
/// while !exporter.render().contains("\ndemo_open_reports 3\n") {
///     tokio::task::yield_now().await;
/// }
/// # sampling.abort();
/// # Ok(())
/// # }
/// ```
pub struct Sampler<T> {
    read: Arc<Read<T>>,
}

/// What was last read, and how to show it.
struct Read<T> {
    name: &'static str,
    interval: Duration,
    show: Box<Show<T>>,
    last: Mutex<Last<T>>,
}

type Show<T> = dyn Fn(&T, &mut Samples) + Send + Sync;

/// The last reading that succeeded, and whether the last attempt did.
struct Last<T> {
    value: Option<(Arc<T>, Instant)>,
    succeeded: bool,
}

impl<T: Send + Sync + 'static> Sampler<T> {
    /// Reads at this interval what `show` then adds to each scrape. The name is a value of the label `collector`, and its
    /// own.
    #[must_use]
    pub fn new(
        name: &'static str,
        interval: Duration,
        show: impl Fn(&T, &mut Samples) + Send + Sync + 'static,
    ) -> Self {
        let last = Last {
            value: None,
            succeeded: false,
        };
        Self {
            read: Arc::new(Read {
                name,
                interval,
                show: Box::new(show),
                last: Mutex::new(last),
            }),
        }
    }

    /// Reads at once, and then again and again, at the interval give or take a tenth, so that the processes of a server do
    /// not all ask at the same moment. Nothing is spawned: give it to a task of your own, once.
    ///
    /// A reading that fails, panics or takes longer than `limit` is logged when the one before was fine, by its reason and
    /// never by its text.
    ///
    /// # Cancellation
    ///
    /// Once it is dropped, `exporter_collector_success` is 0, and what was read last grows too old.
    pub fn sample<R, F, E, M>(
        &self,
        limit: Duration,
        read: R,
    ) -> impl Future<Output = ()> + use<T, R, F, E, M>
    where
        R: FnMut() -> F,
        F: Future<Output = Result<T, E>>,
        E: Failure<M>,
    {
        sampling(Sampling(self.read.clone()), limit, read)
    }
}

async fn sampling<T, R, F, E, M>(sampling: Sampling<T>, limit: Duration, mut read: R)
where
    R: FnMut() -> F,
    F: Future<Output = Result<T, E>>,
    E: Failure<M>,
{
    let mut worked = true;
    loop {
        let attempt = once(limit, &mut read).await;
        if let (Err(reason), true) = (&attempt, worked) {
            tracing::warn!(
                sampler = sampling.0.name,
                reason = reason.as_str(),
                "values cannot be read: once they are too old, they will be absent"
            );
        }
        worked = attempt.is_ok();
        sampling.0.attempted(attempt.ok());
        sleep(jittered(sampling.0.interval)).await;
    }
}

async fn once<T, R, F, E, M>(limit: Duration, read: &mut R) -> Result<T, Reason>
where
    R: FnMut() -> F,
    F: Future<Output = Result<T, E>>,
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

impl<T> Read<T> {
    fn attempted(&self, value: Option<T>) {
        let mut last = self.last();
        last.succeeded = value.is_some();
        if let Some(value) = value {
            last.value = Some((Arc::new(value), Instant::now()));
        }
    }

    /// What can still be served, and whether the last attempt succeeded.
    fn fresh(&self) -> (Option<Arc<T>>, bool) {
        let last = self.last();
        let oldest = self.interval.saturating_mul(FRESH);
        let fresh = last
            .value
            .as_ref()
            .filter(|(_, read_at)| read_at.elapsed() <= oldest);
        let value = fresh.map(|(value, _)| value.clone());
        let succeeded = last.succeeded && value.is_some();
        (value, succeeded)
    }

    /// Held for a few instructions: values are shown without it.
    fn last(&self) -> MutexGuard<'_, Last<T>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Send + Sync> Collector for Read<T> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn collect(&self, samples: &mut Samples) {
        let (value, succeeded) = self.fresh();
        if let Some(value) = value {
            (self.show)(&value, samples);
        }
        if !succeeded {
            samples.merge(&COLLECTOR_SUCCESS, &[self.name], 0.0, f64::min);
        }
    }
}

/// A task that reads. Once it is gone, no more will come.
struct Sampling<T>(Arc<Read<T>>);

impl<T> Drop for Sampling<T> {
    fn drop(&mut self) {
        self.0.last().succeeded = false;
    }
}

/// Shows what is read.
impl<T: Send + Sync + 'static> Watch for Sampler<T> {
    fn watch(&self, watching: &mut Watching) {
        watching.collect(self.read.clone());
    }
}

impl<T> fmt::Debug for Sampler<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sampler")
            .field("name", &self.read.name)
            .field("interval", &self.read.interval)
            .finish_non_exhaustive()
    }
}
