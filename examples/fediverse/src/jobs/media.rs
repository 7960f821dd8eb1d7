//! `digest`: reads an uploaded file on the blocking pool, and keeps what it amounts to.

use fedimetrics_core::Reason;
use ring::digest::{Context, SHA256};

use crate::{App, queue::JobError};

/// Digests it.
///
/// # Errors
///
/// When the file cannot be read or the database fails.
pub async fn digest(app: &App, name: &str) -> Result<(), JobError> {
    let path = app.media.join(name);
    let digest = tokio::task::spawn_blocking(move || {
        let mut file = std::fs::File::open(path)?;
        let (mut context, mut buffer) = (Context::new(&SHA256), vec![0; 64 * 1024]);
        loop {
            match std::io::Read::read(&mut file, &mut buffer)? {
                0 => return Ok(context.finish()),
                read => context.update(&buffer[..read]),
            }
        }
    })
    .await
    .map_err(|_| JobError::Panic(Reason::Panic))?
    .map_err(JobError::File)?;
    let text: String = digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    sqlx::query("UPDATE media SET digest = ? WHERE name = ?")
        .bind(text)
        .bind(name)
        .execute(&app.pool)
        .await?;
    Ok(())
}
