//! Who fails, and since when: kept through a restart, which incidents are full of.

use std::time::{Duration, UNIX_EPOCH};

use fedimetrics_core::Reason;

use crate::{database::Database, telemetry::TARGETS};

/// Keeps those that fail now, and no other.
///
/// # Errors
///
/// When the database fails.
pub async fn keep(pool: &Database) -> sqlx::Result<()> {
    let mut keeping = pool.begin().await?;
    sqlx::query("DELETE FROM failing")
        .execute(&mut *keeping)
        .await?;
    for server in TARGETS.failing() {
        let since = server.since.duration_since(UNIX_EPOCH).unwrap_or_default();
        sqlx::query("INSERT INTO failing (server, since) VALUES (?, ?) ON CONFLICT DO NOTHING")
            .bind(server.target)
            .bind(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
            .execute(&mut *keeping)
            .await?;
    }
    keeping.commit().await
}

/// Tells the telemetry of those that were kept. Why they fail is seen with the next delivery.
///
/// # Errors
///
/// When the database fails.
pub async fn recall(pool: &Database) -> sqlx::Result<()> {
    let kept: Vec<(String, i64)> = sqlx::query_as("SELECT server, since FROM failing")
        .fetch_all(pool)
        .await?;
    for (server, since) in kept {
        let since = Duration::from_secs(u64::try_from(since).unwrap_or_default());
        TARGETS.seed(&server, UNIX_EPOCH + since, Reason::Other);
    }
    Ok(())
}
