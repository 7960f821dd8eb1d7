//! Enqueue: a task on its way into a queue.

use std::error::Error;
use std::time::SystemTime;

use apalis_core::backend::{Backend, TaskSink, TaskSinkError};
use apalis_core::task::Task;
use apalis_core::task::builder::TaskBuilder;
use fedimetrics_core::Reason;

use crate::job::Job;

use super::given::Given;

/// A task on its way into a queue: counted as offered, and given the time, which apalis does not keep.
///
/// # Examples
///
/// ```
/// use apalis_core::backend::memory::MemoryStorage;
/// use apalis_core::task::builder::TaskBuilder;
/// use fedimetrics_jobs::Job;
/// use fedimetrics_jobs::adapter::apalis_1::Enqueue;
///
/// static ANNOUNCE: Job = Job::delivery("federation_out", "announce");
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let mut queue = MemoryStorage::new();
/// let inboxes = vec!["https://a.example/inbox", "https://b.example/inbox"];
/// Enqueue::of(&ANNOUNCE)
///     .inboxes(2)
///     .push(&mut queue, TaskBuilder::new(inboxes))
///     .await?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "nothing is counted before it is pushed"]
pub struct Enqueue<'a> {
    job: &'a Job,
    inboxes: Option<u64>,
    published_at: Option<SystemTime>,
}

impl<'a> Enqueue<'a> {
    /// A task of this job. One of a delivery has one inbox.
    pub const fn of(job: &'a Job) -> Self {
        Self {
            job,
            inboxes: None,
            published_at: None,
        }
    }

    /// How many inboxes it delivers to, where it begins a delivery to each:
    /// [`with_inboxes`](super::JobLayer::with_inboxes). Defaults to one, which is the task itself.
    pub const fn inboxes(mut self, inboxes: u64) -> Self {
        self.inboxes = Some(inboxes);
        self
    }

    /// When that which it delivers was published: what `delivery_lag_seconds` counts from.
    pub fn published_at(mut self, time: impl Into<SystemTime>) -> Self {
        self.published_at = Some(time.into());
        self
    }

    /// Pushes it.
    ///
    /// # Errors
    ///
    /// Those of the queue; the task is counted as dropped then, since it will never run.
    ///
    /// # Cancellation
    ///
    /// Dropped half way, nobody knows whether the queue has it: it stays offered, and so pending.
    pub async fn push<Args, Kind, S>(
        self,
        queue: &mut S,
        task: TaskBuilder<Args>,
    ) -> Result<(), TaskSinkError<S::Error>>
    where
        S: TaskSink<Args, Kind>,
        <S as Backend>::Error: Error + 'static,
    {
        let pushed = queue.push_task(self.task(task)).await;
        if let Err(error) = &pushed {
            let reason = match error {
                TaskSinkError::CodecError(_) => Reason::InvalidData,
                error => match Reason::classify(error) {
                    Reason::Other => Reason::Db,
                    reason => reason,
                },
            };
            self.job.dropped_to(self.offered(), reason);
        }
        pushed
    }

    /// Counts it as offered and finishes it, for those who push it themselves, as `push_all` does. Where the queue
    /// refuses it, [`Job::dropped`] follows.
    #[must_use = "it is counted as offered, and is to be pushed"]
    pub fn task<Args>(&self, task: TaskBuilder<Args>) -> Task<Args> {
        self.job.enqueued_to(self.offered());
        let given = Given {
            enqueued_at: Some(SystemTime::now()),
            published_at: self.published_at,
            inboxes: self.inboxes,
        };
        task.metadata(&given).build()
    }

    const fn offered(&self) -> u64 {
        match self.inboxes {
            Some(inboxes) => inboxes,
            None => 1,
        }
    }
}
