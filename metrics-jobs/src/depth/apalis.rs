//! The tables of `apalis-sqlite` and `apalis-postgres` 1.0, each read with one statement.

use std::sync::Arc;
use std::time::Duration;

use fedimetrics_core::{Because, Reason};
use sqlx::{Database, Encode, Executor, FromRow, IntoArguments, Pool, Type};

use super::Reading;
use crate::readings::Depth;

/// Ready, scheduled, retrying, running, dead, and for how many milliseconds the oldest has been ready.
type Counts = (i64, i64, i64, i64, i64, Option<i64>);

/// The statement for SQLite. It reads every unfinished row of one kind of job, through `idx_jobs_job_type_status_run_at`. What is done is not
/// touched, however much of it is kept.
pub const APALIS_SQLITE: &str = "
WITH unfinished AS (
    SELECT max(run_at, coalesce(done_at, run_at)) AS since, CASE
        WHEN status = 'Running' THEN 'running'
        WHEN status = 'Failed' AND attempts >= max_attempts THEN 'dead'
        WHEN status = 'Queued' OR run_at <= unixepoch() THEN 'ready'
        WHEN attempts > 0 THEN 'retrying'
        ELSE 'scheduled' END AS state
    FROM Jobs
    WHERE job_type = $1 AND status IN ('Pending', 'Queued', 'Running', 'Failed')
)
SELECT
    count(*) FILTER (WHERE state = 'ready'),
    count(*) FILTER (WHERE state = 'scheduled'),
    count(*) FILTER (WHERE state = 'retrying'),
    count(*) FILTER (WHERE state = 'running'),
    count(*) FILTER (WHERE state = 'dead'),
    1000 * (unixepoch() - min(since) FILTER (WHERE state = 'ready'))
FROM unfinished";

/// The statement for PostgreSQL. apalis' own index covers only what can be taken; [`APALIS_POSTGRES_INDEX`] covers all of it.
pub const APALIS_POSTGRES: &str = "
WITH unfinished AS (
    SELECT greatest(run_at, done_at) AS since, CASE
        WHEN status = 'Running' THEN 'running'
        WHEN status = 'Failed' AND attempts >= max_attempts THEN 'dead'
        WHEN status = 'Queued' OR run_at <= now() THEN 'ready'
        WHEN attempts > 0 THEN 'retrying'
        ELSE 'scheduled' END AS state
    FROM apalis.jobs
    WHERE job_type = $1 AND status IN ('Pending', 'Queued', 'Running', 'Failed')
)
SELECT
    count(*) FILTER (WHERE state = 'ready'),
    count(*) FILTER (WHERE state = 'scheduled'),
    count(*) FILTER (WHERE state = 'retrying'),
    count(*) FILTER (WHERE state = 'running'),
    count(*) FILTER (WHERE state = 'dead'),
    (1000 * extract(epoch FROM now() - min(since) FILTER (WHERE state = 'ready')))::bigint
FROM unfinished";

/// What to give a PostgreSQL that keeps many finished jobs, once: without it each reading walks over all of them.
pub const APALIS_POSTGRES_INDEX: &str = "CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_jobs_unfinished \
    ON apalis.jobs (job_type) WHERE status IN ('Pending', 'Queued', 'Running', 'Failed')";

/// Reads one queue of `apalis-sqlite` or `apalis-postgres` 1.0. `queue` is the name that its `Config` was made with.
///
/// - *Ready* is what could run now: its time has come, also after a failure, or a worker has taken it and not begun.
///   Its age counts from when it last became so, and not from its first moment: apalis does not move `run_at` for a retry.
/// - *Retrying* is what has been tried and waits for its time; *dead* what is out of retries. What was given up on
///   purpose (`Killed`) is not counted: nobody has to look at it.
/// - *Running* are the rows that say so. A worker that was killed leaves them behind until apalis finds its heartbeat
///   missing: compare with `job_in_flight`.
///
/// SQLite needs no index but apalis' own; for PostgreSQL see [`APALIS_POSTGRES_INDEX`].
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use fedimetrics_jobs::depth;
/// # use fedimetrics_jobs::{Purpose, Queue};
/// # static OUTBOX: Queue = Queue::new("federation_out", Purpose::FederationOut).probed_every(Duration::from_secs(30));
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let pool = sqlx::SqlitePool::connect("sqlite::memory:").await?;
/// apalis_sqlite::SqliteStorage::setup(&pool).await?;
///
/// let mut read = depth::apalis(&pool, "deliver");
/// assert_eq!(read().await?.ready, 0);
/// # #[cfg(feature = "probe")]
/// tokio::spawn(OUTBOX.probe(Duration::from_secs(5), read));
/// # Ok(())
/// # }
/// ```
pub fn apalis<DB>(pool: &Pool<DB>, queue: &str) -> impl FnMut() -> Reading + Send + use<DB>
where
    DB: Database,
    DB::Arguments: IntoArguments<DB>,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    for<'r> Counts: FromRow<'r, DB::Row>,
    for<'q> String: Encode<'q, DB> + Type<DB>,
{
    let (pool, queue): (_, Arc<str>) = (pool.clone(), queue.into());
    move || {
        let (pool, queue) = (pool.clone(), queue.clone());
        Box::pin(async move { once(&pool, &queue).await })
    }
}

async fn once<DB>(pool: &Pool<DB>, queue: &str) -> Result<Depth, Because>
where
    DB: Database,
    DB::Arguments: IntoArguments<DB>,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    for<'r> Counts: FromRow<'r, DB::Row>,
    for<'q> String: Encode<'q, DB> + Type<DB>,
{
    let statement = match DB::NAME {
        "SQLite" => APALIS_SQLITE,
        "PostgreSQL" => APALIS_POSTGRES,
        _ => return Err(Reason::Db.because("apalis has no table that we know there")),
    };
    let query = sqlx::query_as::<DB, Counts>(statement).bind(String::from(queue));
    let read = query.fetch_one(pool).await;
    let (ready, scheduled, retrying, running, dead, oldest) =
        read.map_err(|error| Reason::Db.because(error))?;
    let jobs = |count: i64| u64::try_from(count).unwrap_or_default();
    Ok(Depth {
        ready: jobs(ready),
        scheduled: jobs(scheduled),
        retrying: jobs(retrying),
        running: jobs(running),
        dead: jobs(dead),
        oldest_ready_age: oldest.map(|millis| Duration::from_millis(jobs(millis))),
    })
}
