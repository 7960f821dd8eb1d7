//! One delivery: one activity, signed, to one inbox, once.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode, header::CONTENT_TYPE};
use reqwest::{Body, Request};
use url::Url;

use super::{
    activity::{MEDIA_TYPE, actor_url, key_url},
    signature::{self, SignatureError},
};
use crate::{App, model::User, outgoing::Purpose};

/// Why an inbox did not take an activity.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeliveryError {
    /// It answered, and did not like it.
    #[error("the inbox answered {0}")]
    Status(StatusCode),
    /// No connection stood in time.
    #[error("the server could not be reached in time")]
    ConnectTimeout(#[source] reqwest::Error),
    /// No answer came in time.
    #[error("the inbox did not answer in time")]
    Timeout(#[source] reqwest::Error),
    /// The request failed on its way.
    #[error("the request failed")]
    Request(#[source] reqwest::Error),
    /// The activity could not be signed.
    #[error("the activity could not be signed")]
    Signature(#[source] SignatureError),
    /// The inbox's address is none.
    #[error("the inbox's address cannot be read")]
    Address(#[source] url::ParseError),
}

impl DeliveryError {
    /// Whether trying again is known to be in vain: the inbox is gone, or can never take this.
    #[must_use]
    pub fn gives_up(&self) -> bool {
        match self {
            Self::Status(status) => {
                matches!(status.as_u16(), 400 | 403..=407 | 409 | 410 | 413 | 422)
            }
            Self::Address(_) => true,
            _ => false,
        }
    }
}

impl From<reqwest::Error> for DeliveryError {
    fn from(error: reqwest::Error) -> Self {
        match (error.is_timeout(), error.is_connect()) {
            (true, true) => Self::ConnectTimeout(error),
            (true, false) => Self::Timeout(error),
            _ => Self::Request(error),
        }
    }
}

/// Sends it, and lets the breaker know how that went. Every inbox of every job is served by this function.
///
/// # Errors
///
/// When the inbox did not take it.
pub async fn deliver(
    app: &App,
    user: &User,
    inbox: &str,
    body: &Arc<[u8]>,
) -> Result<(), DeliveryError> {
    let result = send(app, user, inbox, body).await;
    let alive = !matches!(&result, Err(error) if !error.gives_up());
    app.breaker.heard(inbox, alive);
    result
}

async fn send(app: &App, user: &User, inbox: &str, body: &Arc<[u8]>) -> Result<(), DeliveryError> {
    let url = Url::parse(inbox).map_err(DeliveryError::Address)?;
    let key_id = key_url(&actor_url(&app.base, &user.name));
    let headers =
        signature::sign(&user.key, &key_id, &url, body).map_err(DeliveryError::Signature)?;

    let mut request = Request::new(Method::POST, url);
    *request.headers_mut() = headers;
    request
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    *request.body_mut() = Some(Body::from(Bytes::from_owner(Arc::clone(body))));

    let response = app.outgoing.send(Purpose::Deliver, request).await?;
    match response.status() {
        status if status.is_success() => Ok(()),
        status => Err(DeliveryError::Status(status)),
    }
}
