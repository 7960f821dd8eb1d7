//! The embedded database: one SQLite file holds the posts and the queues.

use std::{path::Path, time::Duration};

use apalis_sqlite::SqliteStorage;
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

/// Opens `fediverse.db` in the folder, creating whatever is missing.
///
/// # Errors
///
/// When the file cannot be opened or a migration fails.
pub async fn open(folder: &Path) -> anyhow::Result<SqlitePool> {
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
    Ok(pool)
}
