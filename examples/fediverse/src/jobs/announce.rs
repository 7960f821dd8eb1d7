//! `announce`: one activity to many inboxes within one job, as a relay does.

use std::sync::Arc;

use fedimetrics_core::Reason;
use fedimetrics_jobs::Inside;
use futures_util::{StreamExt, stream};
use serde_json::Value;

use crate::{
    App,
    federation::delivery,
    model::clock,
    queue::{Attempt, JobError, breaker::server_of},
};

/// How many inboxes are served at a time.
const AT_A_TIME: usize = 6;

/// Delivers it to every inbox that is not settled yet; those that failed are left for the next attempt.
///
/// # Errors
///
/// When some inboxes did not take it, and may do so later.
pub async fn announce(
    app: &App,
    user: &str,
    inboxes: &[String],
    activity: &Value,
    attempt: Attempt,
    observed: Option<&Inside>,
) -> Result<(), JobError> {
    let user = app
        .user(user)
        .ok_or(JobError::NoUser(Reason::InvalidData))?;
    let id = activity
        .get("id")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let body: Arc<[u8]> = activity.to_string().into_bytes().into();
    let settled: Vec<String> = sqlx::query_scalar("SELECT inbox FROM receipts WHERE activity = ?")
        .bind(id)
        .fetch_all(&app.pool)
        .await?;

    let open: Vec<String> = inboxes
        .iter()
        .filter(|inbox| !settled.contains(inbox))
        .cloned()
        .collect();
    let mut results = stream::iter(open)
        .map(|inbox| {
            let body = &body;
            async move {
                let observed = observed.map(|run| run.delivery(&server_of(&inbox)));
                let result = delivery::deliver(app, user, &inbox, body).await;
                match (observed, &result) {
                    (Some(observed), Err(error)) if error.gives_up() => observed.discard(error),
                    (Some(observed), result) => observed.finish(result),
                    (None, _) => {}
                }
                (inbox, result)
            }
        })
        .buffer_unordered(AT_A_TIME);

    let (mut failed, mut last) = (0, None);
    while let Some((inbox, result)) = results.next().await {
        match result {
            Err(error) if !error.gives_up() => {
                tracing::debug!(
                    inbox,
                    attempt = attempt.number,
                    "an announcement did not arrive"
                );
                failed += 1;
                last = Some(error);
            }
            Ok(()) | Err(_) => {
                sqlx::query("INSERT INTO receipts (activity, inbox, settled) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
                    .bind(id)
                    .bind(&inbox)
                    .bind(clock::now())
                    .execute(&app.pool)
                    .await?;
            }
        }
    }
    match last {
        None => Ok(()),
        Some(source) => Err(JobError::Deliveries {
            failed,
            of: inboxes.len(),
            source,
        }),
    }
}
