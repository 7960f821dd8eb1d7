//! The one place where jobs enter a queue.

use apalis::prelude::{MetadataStore, TaskBuilder, TaskSink, TaskSinkError};
use apalis_sqlite::{Config, SqliteStorage};
use fedimetrics_core::Reason;
use sqlx::SqlitePool;

use super::{Job, Queue};
use crate::model::clock;

/// The key under which a task carries the moment at which it was enqueued, in milliseconds since 1970: apalis itself
/// keeps whole seconds, and moves them at each retry.
pub const ENQUEUED_AT: &str = "enqueued_at";

/// The queue did not take a job.
#[derive(Debug, thiserror::Error)]
#[error("the queue {queue} did not take the job")]
pub struct EnqueueError {
    queue: &'static str,
    source: TaskSinkError<apalis_sqlite::Error>,
}

/// The way into all queues.
#[derive(Clone, Debug)]
pub struct Queues {
    pool: SqlitePool,
}

impl Queues {
    /// The queues of that database.
    #[must_use]
    pub const fn new(pool: SqlitePool) -> Self {
        Self { pool }
    }

    /// Puts a job into its queue.
    ///
    /// # Errors
    ///
    /// When the database does not take it.
    pub async fn enqueue(&self, job: Job) -> Result<(), EnqueueError> {
        let (queue, observed, inboxes) = (job.queue(), job.observed(), job.inboxes().len() as u64);
        observed.enqueued_to(inboxes);
        let mut metadata = MetadataStore::default();
        metadata.insert_if_absent(ENQUEUED_AT, clock::now().to_string());
        let max_attempts = job.max_attempts();
        let task = TaskBuilder::new(job)
            .with_metadata(metadata)
            .max_attempts(max_attempts)
            .build();
        let pushed = storage(&self.pool, queue).push_task(task).await;
        pushed.map_err(|source| {
            observed.dropped_to(inboxes, Reason::Db);
            EnqueueError {
                queue: queue.name(),
                source,
            }
        })
    }
}

/// The storage of one queue.
#[must_use]
pub fn storage(pool: &SqlitePool, queue: Queue) -> SqliteStorage<Job> {
    let config = Config::default()
        .queue(queue.name())
        // What is fetched and not yet begun waits in memory, where a crash leaves it until the heartbeat is missed.
        .batch_size(queue.concurrency())
        .heartbeat_interval(std::time::Duration::from_secs(5));
    SqliteStorage::new(pool).with_config(config)
}
