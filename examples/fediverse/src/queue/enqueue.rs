//! The one place where jobs enter a queue.

use apalis::prelude::{TaskBuilder, TaskSinkError};
use apalis_sqlite::{Config, SqliteStorage};
use fedimetrics_jobs::adapter::apalis_1::Enqueue;
use sqlx::SqlitePool;

use super::{Job, Queue};
use crate::model::clock;

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
        let queue = job.queue();
        let mut enqueue = Enqueue::of(job.observed());
        if let Some(published) = job.published() {
            enqueue = enqueue.published_at(clock::moment(published));
        }
        if let Job::Announce { inboxes, .. } = &job {
            enqueue = enqueue.inboxes(inboxes.len() as u64);
        }
        let max_attempts = job.max_attempts();
        let task = TaskBuilder::new(job).max_attempts(max_attempts);
        let pushed = enqueue.push(&mut storage(&self.pool, queue), task).await;
        pushed.map_err(|source| EnqueueError {
            queue: queue.name(),
            source,
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
