//! What happens to an activity that arrives: believed, seen before, or refused; then queued.

use http::HeaderMap;
use serde_json::Value;
use url::Url;

use super::{
    keys::KeyError,
    signature::{Claim, SignatureError},
};
use crate::{
    App,
    model::clock,
    queue::{EnqueueError, Job},
};

/// What became of an activity that was not refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reception {
    /// It is new, and will be processed.
    Accepted {
        /// When its author published it, in milliseconds since 1970.
        published: Option<i64>,
    },
    /// It has arrived before.
    Duplicate,
}

/// Why an activity was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// It is not signed, or not by whom it says.
    #[error("the signature is not believed")]
    BadSignature(#[source] SignatureError),
    /// The signer is not who the activity says.
    #[error("the signer is not the actor")]
    WrongActor,
    /// The key cannot be had.
    #[error("the key cannot be had")]
    KeyUnavailable(#[source] KeyError),
    /// We do not talk with that server.
    #[error("the server is blocked")]
    Blocked,
    /// We do not know that kind of activity.
    #[error("the kind of activity is not supported")]
    Unsupported,
    /// It is not an activity.
    #[error("the activity is malformed")]
    Malformed,
    /// The database failed.
    #[error("the activity could not be stored")]
    Database(#[source] sqlx::Error),
    /// The queue did not take it.
    #[error("the activity could not be queued")]
    Queue(#[source] EnqueueError),
}

/// Receives one activity that was posted to that path.
///
/// # Errors
///
/// When it is refused.
pub async fn receive(
    app: &App,
    path: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Reception, Refusal> {
    let claim = Claim::read(path, headers, body).map_err(Refusal::BadSignature)?;
    let domain = Url::parse(&claim.key_id)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned));
    if domain.is_some_and(|domain| app.is_blocked(&domain)) {
        return Err(Refusal::Blocked);
    }
    let activity: Value = serde_json::from_slice(body).map_err(|_| Refusal::Malformed)?;
    let text = |field: &str| {
        activity
            .get(field)
            .and_then(Value::as_str)
            .ok_or(Refusal::Malformed)
    };
    let (id, actor, kind) = (text("id")?, text("actor")?, text("type")?);

    let signer = app
        .keys
        .owner(&app.outgoing, &claim.key_id)
        .await
        .map_err(Refusal::KeyUnavailable)?;
    claim.verify(&signer.key).map_err(Refusal::BadSignature)?;
    if signer.id != actor {
        return Err(Refusal::WrongActor);
    }
    if !matches!(
        kind,
        "Create" | "Like" | "Follow" | "Undo" | "Delete" | "Announce" | "Accept"
    ) {
        return Err(Refusal::Unsupported);
    }
    let fresh = sqlx::query(
        "INSERT INTO activities (id, actor, received) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
    )
    .bind(id)
    .bind(actor)
    .bind(clock::now())
    .execute(&app.pool)
    .await
    .map_err(Refusal::Database)?;
    if fresh.rows_affected() == 0 {
        return Ok(Reception::Duplicate);
    }
    let published = activity
        .get("published")
        .and_then(Value::as_str)
        .and_then(clock::from_rfc3339);
    let job = Job::Process {
        inbox: signer.inbox,
        activity,
    };
    app.queues.enqueue(job).await.map_err(Refusal::Queue)?;
    Ok(Reception::Accepted { published })
}
