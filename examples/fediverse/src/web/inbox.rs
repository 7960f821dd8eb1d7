//! The inboxes: one for each user, and one for all.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{OriginalUri, Path, State},
};
use fedimetrics_jobs::Rejection;
use http::{HeaderMap, StatusCode, Uri};

use super::Problem;
use crate::{
    App,
    federation::{Reception, Refusal, reception::receive},
    model::clock,
    telemetry::INBOX,
};

/// `POST /users/{id}/inbox`
///
/// # Errors
///
/// When there is no such user.
pub async fn personal(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    app.user(&name).ok_or(Problem::NotFound)?;
    Ok(answer(&app, &uri, &headers, &body).await)
}

/// `POST /inbox`
pub async fn shared(
    State(app): State<Arc<App>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    answer(&app, &uri, &headers, &body).await
}

/// Every activity that arrives comes through here.
async fn answer(app: &App, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> StatusCode {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let result = receive(app, path, headers, body).await;
    count(&result);
    match &result {
        Ok(Reception::Accepted { .. } | Reception::Duplicate) => StatusCode::ACCEPTED,
        Err(refusal) => {
            tracing::debug!(refusal = ?refusal, "an activity is refused");
            match refusal {
                Refusal::BadSignature(_) | Refusal::WrongActor | Refusal::KeyUnavailable(_) => {
                    StatusCode::UNAUTHORIZED
                }
                Refusal::Blocked => StatusCode::FORBIDDEN,
                Refusal::Unsupported => StatusCode::UNPROCESSABLE_ENTITY,
                Refusal::Malformed => StatusCode::BAD_REQUEST,
                Refusal::Database(_) | Refusal::Queue(_) => StatusCode::INTERNAL_SERVER_ERROR,
            }
        }
    }
}

/// Tells what became of it.
fn count(result: &Result<Reception, Refusal>) {
    let why = match result {
        Ok(Reception::Accepted { published }) => {
            return match published {
                Some(published) => INBOX.accepted(clock::moment(*published)),
                None => INBOX.accepted_undated(),
            };
        }
        Ok(Reception::Duplicate) => Rejection::Duplicate,
        Err(Refusal::BadSignature(_) | Refusal::WrongActor) => Rejection::BadSignature,
        Err(Refusal::KeyUnavailable(_)) => Rejection::KeyUnavailable,
        Err(Refusal::Blocked) => Rejection::Blocked,
        Err(Refusal::Unsupported) => Rejection::Unsupported,
        Err(Refusal::Malformed) => Rejection::Malformed,
        Err(Refusal::Database(_) | Refusal::Queue(_)) => Rejection::Error,
    };
    INBOX.rejected(why);
}
