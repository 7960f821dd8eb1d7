//! A problem: why a request gets no good answer.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde_json::json;

/// What is answered instead.
#[derive(Debug)]
pub enum Problem {
    /// There is no such thing.
    NotFound,
    /// The request cannot be understood; the text says why.
    Malformed(&'static str),
    /// The request is larger than we read.
    TooLarge,
    /// It is our fault, and none of the client's business.
    Internal(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Problem {
    fn from(error: E) -> Self {
        Self::Internal(error.into())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, text) = match self {
            Self::NotFound => (StatusCode::NOT_FOUND, "there is no such thing"),
            Self::Malformed(text) => (StatusCode::BAD_REQUEST, text),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "this is too large"),
            Self::Internal(error) => {
                tracing::error!(error = format!("{error:#}"), "a request failed");
                (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "something went wrong here",
                )
            }
        };
        (status, Json(json!({ "error": text }))).into_response()
    }
}
