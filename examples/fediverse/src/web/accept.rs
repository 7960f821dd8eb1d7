//! What a client wants to read: people want pages, servers want activities.

use axum::response::{IntoResponse, Response};
use fedimetrics_core::stage::{RENDER, Stage};
use http::{HeaderMap, header};
use serde_json::Value;

use crate::federation::activity::MEDIA_TYPE;

/// Whether it asks for ActivityStreams.
#[must_use]
pub fn wants_activity(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|accept| accept.contains(MEDIA_TYPE) || accept.contains("application/ld+json"))
}

/// A document as ActivityStreams.
#[must_use]
pub fn activity(document: &Value) -> Response {
    let _rendering = Stage::begin(RENDER);
    (
        [(header::CONTENT_TYPE, MEDIA_TYPE), (header::VARY, "accept")],
        document.to_string(),
    )
        .into_response()
}

/// Text that may stand between tags.
#[must_use]
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_become_markup() {
        assert_eq!(escape("<b a=\"&\">"), "&lt;b a=&quot;&amp;&quot;&gt;");
    }
}
