//! How deep the queues are: one statement that reads every unfinished row once.

use sqlx::SqlitePool;

/// What waits in one queue.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Depth {
    /// The queue's name.
    pub queue: String,
    /// Could begin now.
    pub ready: i64,
    /// Waits for its first moment.
    pub scheduled: i64,
    /// Has failed, and waits for its next attempt.
    pub retrying: i64,
    /// Runs.
    pub running: i64,
    /// Is out of retries. What was given up on purpose is not counted: nobody has to look at it.
    pub dead: i64,
    /// For how many seconds the oldest ready job has been ready; 0 when none is.
    pub oldest_ready_seconds: i64,
}

impl Depth {
    /// Reads all queues that have rows.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn read(pool: &SqlitePool) -> sqlx::Result<Vec<Self>> {
        sqlx::query_as(
            "WITH unfinished AS (
                SELECT job_type, run_at, CASE
                    WHEN status = 'Running' THEN 'running'
                    WHEN status = 'Failed' AND attempts >= max_attempts THEN 'dead'
                    WHEN status = 'Queued' OR run_at <= unixepoch() THEN 'ready'
                    WHEN attempts > 0 THEN 'retrying'
                    ELSE 'scheduled' END AS state
                FROM Jobs WHERE status IN ('Pending', 'Queued', 'Running', 'Failed')
            )
            SELECT job_type AS queue,
                sum(state = 'ready') AS ready,
                sum(state = 'scheduled') AS scheduled,
                sum(state = 'retrying') AS retrying,
                sum(state = 'running') AS running,
                sum(state = 'dead') AS dead,
                max(0, coalesce(unixepoch() - min(CASE WHEN state = 'ready' THEN run_at END), 0))
                    AS oldest_ready_seconds
            FROM unfinished GROUP BY job_type ORDER BY job_type",
        )
        .fetch_all(pool)
        .await
    }

    /// Reads one queue; one without rows is empty.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn of(pool: &SqlitePool, queue: &str) -> sqlx::Result<Self> {
        let all = Self::read(pool).await?;
        Ok(all
            .into_iter()
            .find(|depth| depth.queue == queue)
            .unwrap_or_default())
    }

    /// How many jobs will still run.
    #[must_use]
    pub const fn pending(&self) -> i64 {
        self.ready + self.scheduled + self.retrying + self.running
    }
}
