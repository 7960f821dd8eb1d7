//! One delivery: one activity, signed, to one inbox, once.

use std::sync::Arc;

use bytes::Bytes;
use fedimetrics_core::{Because, Reason};
use http::{HeaderValue, Method, StatusCode, header::CONTENT_TYPE};
use reqwest::{Body, Request};
use url::Url;

use super::{
    activity::{MEDIA_TYPE, actor_url, key_url},
    signature,
};
use crate::{App, model::User, outgoing::Purpose};

/// Why an inbox did not take an activity.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeliveryError {
    /// It answered, and did not like it.
    #[error("the inbox answered {status}")]
    Status {
        /// What it answered.
        status: StatusCode,
        /// The same, as a reason.
        #[source]
        reason: Reason,
    },
    /// The request failed on its way.
    #[error("the request failed")]
    Request(#[from] reqwest_middleware_0_5::Error),
    /// The activity could not be signed.
    #[error("the activity could not be signed")]
    Signature(#[source] Because),
    /// The inbox's address is none.
    #[error("the inbox's address cannot be read")]
    Address(#[source] Because),
}

impl DeliveryError {
    /// Whether trying again is known to be in vain: the inbox is gone, or can never take this.
    #[must_use]
    pub fn gives_up(&self) -> bool {
        match self {
            Self::Status { status, .. } => {
                matches!(status.as_u16(), 400 | 403..=407 | 409 | 410 | 413 | 422)
            }
            Self::Address(_) => true,
            _ => false,
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
    let url =
        Url::parse(inbox).map_err(|error| DeliveryError::Address(Reason::BadUrl.because(error)))?;
    let key_id = key_url(&actor_url(&app.base, &user.name));
    let headers = signature::sign(&user.key, &key_id, &url, body)
        .map_err(|error| DeliveryError::Signature(Reason::Signature.because(error)))?;

    let mut request = Request::new(Method::POST, url);
    *request.headers_mut() = headers;
    request
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    *request.body_mut() = Some(Body::from(Bytes::from_owner(Arc::clone(body))));

    let response = app.outgoing.send(Purpose::Deliver, request).await?;
    match response.status() {
        status if status.is_success() => Ok(()),
        status => Err(DeliveryError::Status {
            status,
            reason: Reason::http(status.as_u16()),
        }),
    }
}
