//! The inboxes: one for each user, and one for all.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{OriginalUri, Path, State},
};
use http::{HeaderMap, StatusCode, Uri};

use super::Problem;
use crate::{
    App,
    federation::{Reception, Refusal, reception::receive},
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
