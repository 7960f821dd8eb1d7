//! SQLite through sqlx.

use fedimetrics_core::Exporter;
use fedimetrics_core::pool::Pool;
use fedimetrics_core::stage::{DB_QUERY, Stages};
use fedimetrics_core::testing::Scrape;
use sqlx_0_9::sqlite::{SqlitePool, SqlitePoolOptions};
use sqlx_0_9::{Error, query_scalar};

use crate::exhausted::{LIMIT, Shown, exhaust, within};

async fn open() -> SqlitePool {
    let one = SqlitePoolOptions::new().max_connections(1);
    let one = one.acquire_timeout(LIMIT).idle_timeout(None);
    one.connect("sqlite::memory:").await.unwrap()
}

#[tokio::test]
async fn who_waits_for_sqlite_shows() {
    let database = open().await;
    exhaust(database.clone(), || database.acquire()).await;
}

#[tokio::test]
async fn waiting_and_the_query_are_told_apart_in_the_route() {
    let database = open().await;
    let pool = Pool::new("main");
    let exporter = Exporter::builder().watch(&pool).build().unwrap();
    let (pool, stages) = (pool.on(&exporter), Stages::on(&exporter));
    let handler = async {
        let mut connection = pool.acquire(database.acquire()).await?;
        // Slow by itself, and no text of it is anywhere.
        let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT count(*) FROM n";
        let query = query_scalar::<_, i64>(sql).fetch_one(&mut *connection);
        stages.time(DB_QUERY, query).await
    };
    let counted: Result<i64, Error> = within(handler).await;
    assert_eq!(counted.unwrap(), 300_000);
    let text = exporter.render();
    assert!(!text.contains("RECURSIVE"));
    let scrape = Scrape::parse(&text);
    let seconds = |stage| {
        let labels = [("http_route", "/inbox"), ("worker", ""), ("stage", stage)];
        assert_eq!(
            scrape.value("stage_calls_total", &labels),
            Some(1.0),
            "{stage}"
        );
        scrape.value("stage_seconds_total", &labels).unwrap()
    };
    assert!(seconds("db_query") > 0.001);
    assert!(seconds("db_wait") < seconds("db_query"));
}

#[tokio::test]
async fn another_error_than_the_pool_s_is_no_timeout() {
    let database = open().await;
    database.close().await;
    let pool = Pool::new("main");
    let exporter = Exporter::builder().watch(&pool).build().unwrap();
    pool.reads(database.clone());
    let closed = pool.on(&exporter).acquire(database.acquire()).await;
    assert!(matches!(closed, Err(Error::PoolClosed)));
    let expected = Shown {
        idle: 0.0,
        used: 0.0,
        max: 1.0,
        pending: 0.0,
        waits: 1.0,
        timeouts: 0.0,
    };
    assert_eq!(Shown::of(&exporter, "main"), expected);
}
