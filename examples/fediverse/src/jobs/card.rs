//! `card`: fetches the preview of a link.

use fedimetrics_core::Reason;

use crate::{App, outgoing::Purpose, queue::JobError};

/// Fetches the title of that page and keeps it.
///
/// # Errors
///
/// When the page cannot be fetched or has no title.
pub async fn card(app: &App, url: &str) -> Result<(), JobError> {
    let page = app
        .outgoing
        .fetch(Purpose::Card, url, "text/html")
        .await
        .map_err(JobError::Card)?;
    let page = String::from_utf8_lossy(&page);
    let title = page
        .split_once("<title>")
        .and_then(|(_, rest)| rest.split_once("</title>"))
        .map(|(title, _)| title.trim())
        .ok_or(JobError::NoTitle(Reason::InvalidData))?;
    sqlx::query("INSERT INTO cards (url, title) VALUES (?, ?) ON CONFLICT (url) DO UPDATE SET title = excluded.title")
        .bind(url)
        .bind(title)
        .execute(&app.pool)
        .await?;
    Ok(())
}
