//! Templates of axum 0.8.

use axum_0_8::extract::MatchedPath;
use http::Extensions;

pub(super) fn template(extensions: &Extensions) -> Option<&str> {
    extensions.get::<MatchedPath>().map(MatchedPath::as_str)
}
