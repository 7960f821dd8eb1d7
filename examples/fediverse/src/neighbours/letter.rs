//! A letter: an activity that a neighbour's account sends to us, and how it may be spoiled.

use http::header::CONTENT_TYPE;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use url::Url;

use super::Neighbour;
use crate::{
    federation::{
        activity::{MEDIA_TYPE, actor_url, key_url},
        signature,
    },
    model::clock,
};

/// An activity on its way to us.
#[derive(Clone, Debug)]
pub struct Letter {
    /// What it says.
    pub body: String,
    /// Whose key it claims to be signed by.
    pub key_id: String,
    /// Whether what arrives is not what was signed.
    pub tampered: bool,
}

impl Letter {
    /// An activity of one of that neighbour's accounts, as it should be.
    #[must_use]
    pub fn new(from: &Neighbour, account: &str, kind: &str, number: u64, object: &Value) -> Self {
        let actor = actor_url(&from.base, account);
        let now = clock::now();
        let body = json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": format!("{}/activities/{now}-{number}", from.base),
            "type": kind,
            "actor": actor,
            "published": clock::rfc3339(now),
            "object": object,
        });
        Self {
            body: body.to_string(),
            key_id: key_url(&actor),
            tampered: false,
        }
    }

    /// Sends it with that neighbour's key, and tells what we answered.
    ///
    /// # Errors
    ///
    /// When it cannot be signed, or we do not answer.
    pub async fn send(
        &self,
        from: &Neighbour,
        client: &Client,
        inbox: &str,
    ) -> anyhow::Result<StatusCode> {
        let url = Url::parse(inbox)?;
        let headers = signature::sign(&from.key, &self.key_id, &url, self.body.as_bytes())?;
        let mut body = self.body.clone();
        if self.tampered {
            body.push(' ');
        }
        let request = client
            .post(url)
            .headers(headers)
            .header(CONTENT_TYPE, MEDIA_TYPE)
            .body(body);
        Ok(request.send().await?.status())
    }
}
