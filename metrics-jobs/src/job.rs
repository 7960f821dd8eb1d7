//! Job: one kind of background work, declared once.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use fedimetrics_core::{Exporter, Reason, Sink, Watch, Watching, is_noop};

use crate::attempt::Attempt;
use crate::catalogue;
use crate::identity::Identity;
use crate::labels::How;
use crate::meters::Meters;
use crate::prepared::Prepared;
use crate::run::Run;
use crate::source::Source;
use crate::target::Table;

/// One kind of background work, declared once: usually a `static`.
///
/// It records to the recorder that is installed for the whole process, from the first use after that on; before, it
/// does nothing. (It keeps the first recorder that it meets, one of [`metrics::with_local_recorder`] included; for
/// another exporter there is [`on`](Self::on).) Give it to [`Builder::watch`](fedimetrics_core::Builder::watch), so that its series
/// exist from the first scrape.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use fedimetrics_jobs::Job;
///
/// static DELIVER: Job = Job::delivery("federation_out", "deliver").time_limit(Duration::from_secs(30));
/// static DIGEST: Job = Job::new("mail", "digest").every(Duration::from_secs(86_400));
/// ```
pub struct Job {
    queue: Cow<'static, str>,
    worker: Cow<'static, str>,
    delivery: bool,
    time_limit: Option<Duration>,
    every: Option<Duration>,
    sink: Sink,
    identity: OnceLock<Arc<Identity>>,
    live: OnceLock<Arc<Meters>>,
    /// Does nothing, and is only asked for as long as there is no recorder.
    idle: OnceLock<Arc<Meters>>,
}

impl Job {
    const fn declare(queue: Cow<'static, str>, worker: Cow<'static, str>, delivery: bool) -> Self {
        Self {
            queue,
            worker,
            delivery,
            time_limit: None,
            every: None,
            sink: Sink::global(),
            identity: OnceLock::new(),
            live: OnceLock::new(),
            idle: OnceLock::new(),
        }
    }

    /// Work of this name in this queue: the labels `worker` and `queue`.
    #[must_use]
    pub const fn new(queue: &'static str, worker: &'static str) -> Self {
        Self::declare(Cow::Borrowed(queue), Cow::Borrowed(worker), false)
    }

    /// Work that delivers to inboxes of other servers: it moves the `delivery_*` series too.
    #[must_use]
    pub const fn delivery(queue: &'static str, worker: &'static str) -> Self {
        Self::declare(Cow::Borrowed(queue), Cow::Borrowed(worker), true)
    }

    /// The same for a queue and a worker whose names are only known at run time.
    ///
    /// They are label values: let no stranger choose them. Past 512 of each, they read `_other`.
    #[must_use]
    pub fn named(
        queue: impl Into<Cow<'static, str>>,
        worker: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::declare(queue.into(), worker.into(), false)
    }

    /// Makes this a delivery, as [`Job::delivery`] does.
    #[must_use]
    pub const fn delivering(mut self) -> Self {
        self.delivery = true;
        self
    }

    /// How long an attempt may take before it is held to hang, shown as `job_time_limit_seconds`. Nothing is ended.
    /// Defaults to none.
    #[must_use]
    pub const fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = Some(limit);
        self
    }

    /// How often this periodic job is meant to run, shown as `job_interval_seconds`. Defaults to none.
    #[must_use]
    pub const fn every(mut self, interval: Duration) -> Self {
        self.every = Some(interval);
        self
    }

    /// The same job, recording to this exporter and to no other. Keep it, and let that exporter watch it: what it has
    /// under way is its own.
    #[must_use]
    pub fn on(&self, exporter: &Exporter) -> Self {
        self.on_sink(exporter.sink())
    }

    /// The same job, recording there.
    #[must_use]
    pub fn on_sink(&self, sink: Sink) -> Self {
        let mut job = Self::declare(self.queue.clone(), self.worker.clone(), self.delivery);
        job.time_limit = self.time_limit;
        job.every = self.every;
        job.sink = sink;
        job
    }

    /// Counts a job as offered to the queue, once: a retry is not offered again.
    ///
    /// Call it before the queue gets the job, so that no scrape sees it finished and not offered. Where the queue
    /// refuses it, [`dropped`](Self::dropped) follows. A delivery offers one inbox with it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::mpsc::sync_channel;
    /// # use fedimetrics_core::Reason;
    /// # use fedimetrics_jobs::Job;
    /// # static DELIVER: Job = Job::delivery("federation_out", "deliver");
    /// # let (sender, _receiver) = sync_channel(1);
    /// DELIVER.enqueued();
    /// if sender.try_send("a post").is_err() {
    ///     DELIVER.dropped(Reason::QueueFull);
    /// }
    /// ```
    pub fn enqueued(&self) {
        self.enqueued_to(1);
    }

    /// The same for one job that delivers to this many inboxes. For other jobs the number says nothing.
    pub fn enqueued_to(&self, inboxes: u64) {
        self.meters().enqueued(inboxes);
    }

    /// Counts a job that was offered and will never run: the queue was full, the target is blocked or backed off from.
    /// A delivery's one inbox is lost with it.
    ///
    /// For a job that a worker has begun, use [`Run::discard`] instead: each inbox is lost once.
    pub fn dropped(&self, reason: Reason) {
        self.dropped_to(1, reason);
    }

    /// The same for one job that would have delivered to this many inboxes.
    pub fn dropped_to(&self, inboxes: u64, reason: Reason) {
        self.gone(1, inboxes, How::Dropped, reason);
    }

    /// Counts jobs that were offered and have become too old to be run again, such as those that a clean-up deleted.
    /// The one inbox of each is lost with it.
    pub fn expired(&self, jobs: u64) {
        self.gone(jobs, jobs, How::Expired, Reason::Expired);
    }

    /// The same for one job with this many inboxes still open.
    pub fn expired_to(&self, inboxes: u64) {
        self.gone(1, inboxes, How::Expired, Reason::Expired);
    }

    fn gone(&self, jobs: u64, inboxes: u64, how: How, reason: Reason) {
        let meters = self.meters();
        meters.dropped(jobs, reason);
        if let Some(delivery) = meters.delivery() {
            delivery.lost(how, reason, inboxes);
        }
    }

    /// The usual way to run an attempt: it begins when the future is first polled, and ends with it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::io;
    /// # use fedimetrics_jobs::{Attempt, Job};
    /// # static DELIVER: Job = Job::delivery("federation_out", "deliver");
    /// # async fn deliver() -> Result<(), io::Error> { Ok(()) }
    /// # async fn worker(attempt: u32) -> Result<(), io::Error> {
    /// DELIVER.attempt(Attempt::number(attempt).of(10)).run(deliver()).await
    /// # }
    /// ```
    pub fn attempt(&self, attempt: Attempt) -> Prepared {
        Prepared::new(self.meters().clone(), attempt)
    }

    /// Begins an attempt, for loops that cannot wrap a future. See [`Run`] for what that lacks.
    #[inline(always)]
    pub fn start(&self, attempt: Attempt) -> Run {
        Run::begin(self.meters().clone(), attempt, None, None)
    }

    pub(crate) fn identity(&self) -> &Arc<Identity> {
        self.identity.get_or_init(|| {
            Arc::new(Identity::new(
                &self.queue,
                &self.worker,
                self.delivery,
                self.time_limit,
                self.every,
            ))
        })
    }

    /// The handles. Those that do nothing are never kept for when there is a recorder.
    #[inline]
    pub(crate) fn meters(&self) -> &Arc<Meters> {
        self.live.get().unwrap_or_else(|| self.resolve())
    }

    #[cold]
    fn resolve(&self) -> &Arc<Meters> {
        let identity = self.identity();
        let in_flight = self.sink.gauge(
            &catalogue::IN_FLIGHT,
            &[identity.queue(), identity.worker()],
        );
        let (kept, source) = if is_noop(&in_flight) {
            (&self.idle, Source::NOWHERE)
        } else {
            (&self.live, Source::new(self.sink.clone()))
        };
        kept.get_or_init(|| Arc::new(Meters::resolve(identity.clone(), source)))
    }
}

/// Makes every series of this job that should read 0 from the start, and shows its longest running attempt.
impl Watch for Job {
    fn watch(&self, watching: &mut Watching) {
        watching.describe(catalogue::ALL);
        let source = Source::new(watching.sink().clone());
        let _declared = Meters::resolve(self.identity().clone(), source);
        watching.collect(self.identity().clone());
        if self.delivery {
            let targets: Arc<Table> = self.sink.companion();
            watching.collect_shared(&targets);
        }
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job")
            .field("queue", &self.queue)
            .field("worker", &self.worker)
            .field("delivery", &self.delivery)
            .finish_non_exhaustive()
    }
}
