//! The backends that keep tasks: which of a task's failures is final is theirs to say.

use std::time::Duration;

use apalis::prelude::*;
use apalis_postgres::{PgPool, PostgresStorage};
use apalis_redis::RedisStorage;
use apalis_sqlite::SqliteStorage;
use fedimetrics_jobs::adapter::apalis_1::{Enqueue, Final};
use fedimetrics_services::{Postgres, Redis};
use sqlx::SqlitePool;
use sqlx::sqlite::SqlitePoolOptions;

use crate::stack::{Mounted, Seen, Work, ended, observed, run, until};

const LOOK: Duration = Duration::from_millis(20);

/// What both databases have in common: of three attempts, two pass within the worker's process.
const ROWS: [(Work, Mounted, &str, &str); 14] = [
    (
        Work::Succeed,
        Mounted::Outside,
        "success 1; attempts 1",
        "Done",
    ),
    (
        Work::Succeed,
        Mounted::Both,
        "success 1; attempts 1",
        "Done",
    ),
    (
        Work::Fail,
        Mounted::Outside,
        "exception econnrefused 1; final_failure econnrefused 1; attempts 3",
        "Failed",
    ),
    (
        Work::Fail,
        Mounted::Both,
        "exception econnrefused 2; final_failure econnrefused 1; attempts 3",
        "Failed",
    ),
    (
        Work::Fail,
        Mounted::Within,
        "exception econnrefused 3; attempts 0",
        "Failed",
    ),
    (
        Work::Abort,
        Mounted::Outside,
        "discard econnrefused 1; attempts 1",
        "Killed",
    ),
    (
        Work::Abort,
        Mounted::Both,
        "discard econnrefused 1; attempts 1",
        "Killed",
    ),
    // The row is left as running, and taken up again when its worker is gone: not final.
    (
        Work::Panic,
        Mounted::Outside,
        "exception panic 1; attempts 0",
        "Running",
    ),
    (
        Work::Panic,
        Mounted::Both,
        "exception panic 2; attempts 0",
        "Running",
    ),
    (
        Work::Hang,
        Mounted::Outside,
        "exception timeout 1; attempts 0",
        "Running",
    ),
    (
        Work::Hang,
        Mounted::Both,
        "exception timeout 2; attempts 0",
        "Running",
    ),
    (
        Work::RetryAfter,
        Mounted::Outside,
        "snooze econnrefused 1; attempts 0",
        "Pending",
    ),
    (
        Work::RetryAfter,
        Mounted::Both,
        "exception econnrefused 1; snooze econnrefused 1; attempts 0",
        "Pending",
    ),
    (
        Work::Defer,
        Mounted::Outside,
        "snooze backoff 1; attempts 0",
        "Pending",
    ),
];

#[tokio::test]
async fn sqlite_takes_up_what_failed_until_its_attempts_are_used_up() {
    for (number, (work, mounted, expected, status)) in ROWS.into_iter().enumerate() {
        let folder = tempfile_folder(number);
        let pool = sqlite(&folder).await;
        let (exporter, job) = observed();
        let mut storage = SqliteStorage::new(&pool);
        let task = TaskBuilder::new(work).max_attempts(3);
        Enqueue::of(job).push(&mut storage, task).await.unwrap();
        let acknowledged = async {
            ended(&exporter, expected).await;
            let row = "SELECT status FROM Jobs WHERE done_at IS NOT NULL";
            let is = until(async || {
                let found: Option<String> =
                    sqlx::query_scalar(row).fetch_optional(&pool).await.unwrap();
                found.as_deref() == Some(status)
            });
            assert!(is.await, "{work:?} is not {status}");
        };
        let backend = storage.poll_with_interval(LOOK);
        run!(backend, mounted, job, Final::sqlite(), acknowledged);
        Seen::of(&exporter).check();
        let wait = Seen::of(&exporter).sum("job_wait_seconds_count", &[]);
        assert_eq!(wait, 1.0, "{work:?}: only the first attempt has waited");
        std::fs::remove_dir_all(folder).unwrap();
    }
}

#[tokio::test]
async fn postgres_takes_up_what_failed_until_its_attempts_are_used_up() {
    let database = Postgres::start();
    let pool = PgPool::connect(&database.url()).await.unwrap();
    PostgresStorage::setup(&pool).await.unwrap();
    for (number, (work, mounted, expected, status)) in ROWS.into_iter().enumerate() {
        let (exporter, job) = observed();
        let queue = format!("queue_{number}");
        let config = apalis_postgres::Config::default().queue(&queue);
        let mut storage = PostgresStorage::new(&pool).with_config(config);
        let task = TaskBuilder::new(work).max_attempts(3);
        Enqueue::of(job).push(&mut storage, task).await.unwrap();
        let acknowledged = async {
            if matches!(work, Work::RetryAfter | Work::Defer) {
                // PostgreSQL pays no heed to the delay: the task comes back at once, again and again.
                let snoozed = until(async || {
                    let seen = Seen::of(&exporter).to_string();
                    seen.contains("snooze ") && !seen.contains("final_failure")
                });
                assert!(snoozed.await, "{}", Seen::of(&exporter));
            } else {
                ended(&exporter, expected).await;
            }
            let row = "SELECT status FROM apalis.jobs WHERE job_type = $1 AND done_at IS NOT NULL";
            let is = until(async || {
                let found: Option<String> = sqlx::query_scalar(row)
                    .bind(&queue)
                    .fetch_optional(&pool)
                    .await
                    .unwrap();
                found.as_deref() == Some(status)
            });
            assert!(is.await, "{work:?} is not {status}");
        };
        let backend = storage.poll_with_interval(LOOK);
        run!(backend, mounted, job, Final::postgres(), acknowledged);
        Seen::of(&exporter).check();
    }
}

#[tokio::test]
async fn redis_gives_up_at_twenty_five_whatever_the_task_says() {
    let database = Redis::start();
    // How often the task was tried before, what it does, how it is counted, and in which set it ends.
    let rows = [
        (0, Work::Succeed, "success 1; attempts 1", "done"),
        (
            0,
            Work::Fail,
            "exception econnrefused 1; final_failure econnrefused 0; attempts 0",
            "scheduled",
        ),
        (
            24,
            Work::Fail,
            "final_failure econnrefused 1; attempts 25",
            "dead",
        ),
        (0, Work::Abort, "discard econnrefused 1; attempts 1", "dead"),
        // What is left as running is dead here.
        (0, Work::Panic, "final_failure panic 1; attempts 2", "dead"),
        (0, Work::Hang, "final_failure timeout 1; attempts 2", "dead"),
        (
            0,
            Work::RetryAfter,
            "snooze econnrefused 1; attempts 0",
            "scheduled",
        ),
    ];
    for (number, (before, work, expected, set)) in rows.into_iter().enumerate() {
        let expected = expected.replace("final_failure econnrefused 0; ", "");
        let (exporter, job) = observed();
        let queue = format!("queue_{number}");
        let connection = apalis_redis::connect(database.url()).await.unwrap();
        let config = apalis_redis::Config::default().queue(&queue);
        let (ends, hash) = match set {
            "done" => (config.done_jobs_set(), config.job_meta_hash()),
            "dead" => (config.dead_jobs_set(), config.job_meta_hash()),
            _ => (config.scheduled_jobs_set(), config.job_meta_hash()),
        };
        let mut storage = RedisStorage::new(connection.clone()).with_config(config);
        // It says one attempt, and Redis does not listen.
        let task = TaskBuilder::new(work).max_attempts(1);
        Enqueue::of(job).push(&mut storage, task).await.unwrap();
        let client = redis::Client::open(database.url()).unwrap();
        let mut direct = client.get_multiplexed_async_connection().await.unwrap();
        let tasks: Vec<String> = redis::cmd("KEYS")
            .arg(format!("{hash}:*"))
            .query_async(&mut direct)
            .await
            .unwrap();
        let [meta] = tasks.as_slice() else {
            panic!("{tasks:?}")
        };
        let () = redis::cmd("HSET")
            .arg(meta)
            .arg("attempts")
            .arg(before)
            .query_async(&mut direct)
            .await
            .unwrap();
        let id = meta.strip_prefix(&format!("{hash}:")).unwrap();
        let find = if set == "scheduled" {
            "ZSCORE"
        } else {
            "SISMEMBER"
        };
        let acknowledged = async {
            ended(&exporter, &expected).await;
            let is = until(|| {
                let mut direct = direct.clone();
                let ends = ends.clone();
                async move {
                    let found: redis::Value = redis::cmd(find)
                        .arg(ends)
                        .arg(id)
                        .query_async(&mut direct)
                        .await
                        .unwrap();
                    !matches!(found, redis::Value::Nil | redis::Value::Int(0))
                }
            });
            assert!(is.await, "{work:?} is not {set}");
        };
        run!(storage, Mounted::Outside, job, Final::redis(), acknowledged);
        Seen::of(&exporter).check();
    }
}

fn tempfile_folder(number: usize) -> std::path::PathBuf {
    let name = format!("fedimetrics-apalis-{}-{number}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

async fn sqlite(folder: &std::path::Path) -> SqlitePool {
    let url = format!("sqlite://{}?mode=rwc", folder.join("jobs.db").display());
    let pool = SqlitePoolOptions::new()
        .max_connections(2)
        .connect(&url)
        .await
        .unwrap();
    SqliteStorage::setup(&pool).await.unwrap();
    pool
}
