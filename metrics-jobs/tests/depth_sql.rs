//! The depth of apalis' queues, read from the tables that its own libraries make, in a real SQLite and PostgreSQL.

#![cfg(feature = "sqlx-0-9")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use std::time::Duration;

use apalis_postgres::PostgresStorage;
use apalis_sqlite::SqliteStorage;
use fedimetrics_core::Exporter;
use fedimetrics_core::testing::Scrape;
use fedimetrics_jobs::{Depth, Purpose, Queue, depth};
use fedimetrics_services::Postgres;
use sqlx::{PgPool, Row, SqlitePool};

/// Status, attempts of 3, seconds from now at which it may run, and seconds from now at which its last attempt ended.
const ROWS: &[(&str, i64, i64, Option<i64>)] = &[
    ("Pending", 0, -90, None),
    ("Pending", 0, 300, None),
    ("Pending", 0, 400, None),
    // The host's own backoff: run_at is moved.
    ("Pending", 1, 300, Some(-20)),
    // Failed of late, and apalis lets run_at stand: it waits since it failed.
    ("Failed", 2, -5000, Some(-30)),
    ("Failed", 2, 500, Some(-30)),
    ("Failed", 3, -5000, Some(-30)),
    ("Failed", 4, -5000, Some(-30)),
    ("Queued", 0, -10, None),
    ("Running", 1, -5000, None),
    ("Done", 1, -5000, Some(-10)),
    ("Killed", 1, -5000, Some(-10)),
];

fn expected(read: Depth) {
    let age = read.oldest_ready_age.unwrap();
    assert!((89..120).contains(&age.as_secs()), "{age:?}");
    let counts = [
        read.ready,
        read.scheduled,
        read.retrying,
        read.running,
        read.dead,
    ];
    assert_eq!(counts, [3, 2, 2, 1, 2]);
}

async fn sqlite() -> SqlitePool {
    let pool = SqlitePool::connect("sqlite::memory:").await.unwrap();
    SqliteStorage::setup(&pool).await.unwrap();
    let insert =
        "INSERT INTO Jobs (job, id, job_type, status, attempts, max_attempts, run_at, done_at)
        VALUES ('{}', $1, $2, $3, $4, 3, unixepoch() + $5, unixepoch() + $6)";
    for queue in ["deliver", "other"] {
        for (n, (status, attempts, run_at, done_at)) in ROWS.iter().enumerate() {
            let row = sqlx::query(insert).bind(format!("{queue}{n}")).bind(queue);
            let row = row.bind(status).bind(attempts).bind(run_at).bind(done_at);
            row.execute(&pool).await.unwrap();
        }
    }
    pool
}

#[tokio::test]
async fn every_state_of_a_queue_in_sqlite_is_told() {
    let pool = sqlite().await;
    expected(depth::apalis(&pool, "deliver")().await.unwrap());
    let empty = depth::apalis(&pool, "empty")().await.unwrap();
    assert_eq!(empty, Depth::default());
}

#[tokio::test]
async fn what_is_done_is_not_even_looked_at() {
    let pool = sqlite().await;
    let plan = format!("EXPLAIN QUERY PLAN {}", depth::APALIS_SQLITE);
    let plan = sqlx::query(sqlx::AssertSqlSafe(plan)).bind("deliver");
    let plan: Vec<String> = plan
        .fetch_all(&pool)
        .await
        .unwrap()
        .iter()
        .map(|row| row.get("detail"))
        .collect();
    let found = "SEARCH Jobs USING INDEX idx_jobs_job_type_status_run_at (job_type=? AND status=?)";
    assert!(plan.iter().any(|step| step.contains(found)), "{plan:?}");
    assert!(
        !plan.iter().any(|step| step.contains("SCAN Jobs")),
        "{plan:?}"
    );
}

#[tokio::test]
async fn a_table_that_is_not_there_is_no_empty_queue() {
    let pool = SqlitePool::connect("sqlite::memory:").await.unwrap();
    let error = depth::apalis(&pool, "deliver")().await.unwrap_err();
    assert_eq!(error.reason(), fedimetrics_core::Reason::Db);
}

/// In one: starting a PostgreSQL takes its time.
#[tokio::test]
async fn a_queue_in_postgres_is_told_is_absent_while_it_is_down_and_comes_back() {
    let mut server = Postgres::start();
    let pool = PgPool::connect(&server.url()).await.unwrap();
    PostgresStorage::setup(&pool).await.unwrap();
    let insert = "INSERT INTO apalis.jobs (job, id, job_type, status, attempts, max_attempts, run_at, done_at)
        VALUES ('{}', $1, $2, $3, $4, 3, now() + make_interval(secs => $5), now() + make_interval(secs => $6))";
    for queue in ["deliver", "other"] {
        for (n, (status, attempts, run_at, done_at)) in ROWS.iter().enumerate() {
            let row = sqlx::query(insert).bind(format!("{queue}{n}")).bind(queue);
            let row = row.bind(status).bind(*attempts as i32).bind(*run_at as f64);
            let row = row.bind(done_at.map(|seconds| seconds as f64));
            row.execute(&pool).await.unwrap();
        }
    }
    expected(depth::apalis(&pool, "deliver")().await.unwrap());
    let empty = depth::apalis(&pool, "empty")().await.unwrap();
    assert_eq!(empty, Depth::default());

    // With what is done kept, as apalis does, the index spares walking over it.
    let done = "INSERT INTO apalis.jobs (job, id, job_type, status, attempts, done_at)
        SELECT '{}', 'done' || n, 'deliver', 'Done', 1, now() FROM generate_series(1, 20000) n";
    sqlx::query(done).execute(&pool).await.unwrap();
    sqlx::query(depth::APALIS_POSTGRES_INDEX)
        .execute(&pool)
        .await
        .unwrap();
    sqlx::query("ANALYZE apalis.jobs")
        .execute(&pool)
        .await
        .unwrap();
    let plan = format!(
        "EXPLAIN {}",
        depth::APALIS_POSTGRES.replace("$1", "'deliver'")
    );
    let plan = sqlx::query(sqlx::AssertSqlSafe(plan))
        .fetch_all(&pool)
        .await
        .unwrap();
    let plan: String = plan
        .iter()
        .map(|row| row.get::<String, _>(0) + "\n")
        .collect();
    assert!(plan.contains("idx_jobs_unfinished"), "{plan}");
    assert!(!plan.contains("Seq Scan"), "{plan}");
    expected(depth::apalis(&pool, "deliver")().await.unwrap());

    // Quicker than a queue should be probed, for the test's sake.
    let queue =
        Queue::new("deliver", Purpose::FederationOut).probed_every(Duration::from_millis(50));
    let exporter = Exporter::builder().watch(&queue).build().unwrap();
    let probe = tokio::spawn(queue.probe(Duration::from_secs(5), depth::apalis(&pool, "deliver")));
    until(&exporter, true).await;
    server.stop();
    until(&exporter, false).await;
    assert!(!Scrape::of(&exporter).has("job_queue_depth"));
    server.resume();
    until(&exporter, true).await;
    let ready = Scrape::of(&exporter).value("job_queue_depth", &[("state", "ready")]);
    assert_eq!(ready, Some(3.0));
    probe.abort();
}

/// Waits for a reading that worked, or for one that did not.
async fn until(exporter: &Exporter, works: bool) {
    let read = async {
        while Scrape::of(exporter).value("job_queue_probe_success", &[]) != Some(f64::from(works)) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(60), read).await;
    waited.unwrap_or_else(|_| panic!("the probe never came to {works}"));
}
