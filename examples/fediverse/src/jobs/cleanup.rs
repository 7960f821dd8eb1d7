//! `cleanup`: forgets what nobody will ask for again, and keeps what a restart would forget.

use crate::{App, federation::failing, model::clock, queue::JobError};

/// How long finished jobs, and activities that arrived, are remembered.
const REMEMBERED_SECONDS: i64 = 600;
/// How many posts of others, and how many uploads, are kept.
const KEPT: i64 = 2000;

/// Sweeps.
///
/// # Errors
///
/// When the database fails.
pub async fn cleanup(app: &App) -> Result<(), JobError> {
    let old = clock::now() - REMEMBERED_SECONDS * 1000;
    sqlx::query(
        "DELETE FROM Jobs WHERE run_at < unixepoch() - ? AND (status IN ('Done', 'Killed')
            OR (status = 'Failed' AND attempts >= max_attempts))",
    )
    .bind(REMEMBERED_SECONDS)
    .execute(&app.pool)
    .await?;
    sqlx::query("DELETE FROM activities WHERE received < ?")
        .bind(old)
        .execute(&app.pool)
        .await?;
    sqlx::query("DELETE FROM receipts WHERE settled < ?")
        .bind(old)
        .execute(&app.pool)
        .await?;
    sqlx::query("DELETE FROM posts WHERE local = 0 AND id <= (SELECT max(id) FROM posts) - ?")
        .bind(KEPT)
        .execute(&app.pool)
        .await?;
    failing::keep(&app.pool).await?;
    let surplus: Vec<String> =
        sqlx::query_scalar("DELETE FROM media WHERE created < ? RETURNING name")
            .bind(old)
            .fetch_all(&app.pool)
            .await?;
    for name in surplus {
        tokio::fs::remove_file(app.media.join(name)).await.ok();
    }
    Ok(())
}
