//! The embedded database: one SQLite file holds the posts and the queues.

use std::{ops::Deref, path::Path, time::Duration};

use apalis_sqlite::SqliteStorage;
use fedimetrics_core::stage::{DB_QUERY, stage};
use futures_util::{
    FutureExt, StreamExt, TryStreamExt,
    future::BoxFuture,
    stream::{BoxStream, iter, once},
};
use sqlx::{
    Describe, Either, Error, Execute, Executor, SqlStr, Sqlite, SqlitePool,
    pool::PoolConnection,
    sqlite::{
        SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteQueryResult, SqliteRow,
        SqliteStatement, SqliteSynchronous, SqliteTypeInfo,
    },
};

use crate::telemetry::DATABASE;

/// Opens `fediverse.db` in the folder, creating whatever is missing.
///
/// # Errors
///
/// When the file cannot be opened or a migration fails.
pub async fn open(folder: &Path) -> anyhow::Result<Database> {
    let options = SqliteConnectOptions::new()
        .filename(folder.join("fediverse.db"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Off)
        // Seven queues and all handlers share one writer's lock.
        .busy_timeout(Duration::from_secs(10));
    let pool = SqlitePoolOptions::new()
        .max_connections(6)
        .acquire_timeout(Duration::from_secs(10))
        .connect_with(options)
        .await?;
    SqliteStorage::migrations().run(&pool).await?;
    sqlx::raw_sql(include_str!("schema.sql"))
        .execute(&pool)
        .await?;
    DATABASE.reads(pool.clone());
    Ok(Database(pool))
}

/// The pool, for statements whose waiting and whose asking are to be told apart. Where the pool itself is asked for, as by
/// the queues' library, nobody tells.
///
/// No clone of it: `clone()` is the pool's.
#[derive(Debug)]
pub struct Database(SqlitePool);

async fn connection(pool: SqlitePool) -> sqlx::Result<PoolConnection<Sqlite>> {
    DATABASE.acquire(pool.acquire()).await
}

impl Database {
    /// A connection of the pool's, and somebody who tells how long it took.
    ///
    /// # Errors
    ///
    /// When there is none in time.
    pub async fn acquire(&self) -> sqlx::Result<PoolConnection<Sqlite>> {
        connection(self.0.clone()).await
    }
}

impl Deref for Database {
    type Target = SqlitePool;

    fn deref(&self) -> &SqlitePool {
        &self.0
    }
}

impl<'c> Executor<'c> for &Database {
    type Database = Sqlite;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, sqlx::Result<Either<SqliteQueryResult, SqliteRow>>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Sqlite>,
    {
        let pool = self.0.clone();
        let rows = async move {
            let mut connection = connection(pool).await?;
            let rows: Vec<_> = stage(DB_QUERY, connection.fetch_many(query).try_collect()).await?;
            Ok::<_, Error>(iter(rows).map(Ok))
        };
        once(rows).try_flatten().boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxFuture<'e, sqlx::Result<Option<SqliteRow>>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Sqlite>,
    {
        let pool = self.0.clone();
        let row = async move {
            let mut connection = connection(pool).await?;
            stage(DB_QUERY, connection.fetch_optional(query)).await
        };
        row.boxed()
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [SqliteTypeInfo],
    ) -> BoxFuture<'e, sqlx::Result<SqliteStatement>>
    where
        'c: 'e,
    {
        let pool = self.0.clone();
        let statement = async move {
            let mut connection = connection(pool).await?;
            connection.prepare_with(sql, parameters).await
        };
        statement.boxed()
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, sqlx::Result<Describe<Sqlite>>>
    where
        'c: 'e,
    {
        let pool = self.0.clone();
        let described = async move {
            let mut connection = connection(pool).await?;
            connection.describe(sql).await
        };
        described.boxed()
    }
}
