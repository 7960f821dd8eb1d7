//! The route's template: what a router says it matched, never the path that was asked for.

use http::Extensions;

/// What stands for a request that no route matched.
pub(crate) const UNMATCHED: &str = "unmatched";

/// The template that a router left in the request's extensions.
#[cfg(feature = "axum-0-8")]
pub(crate) fn template(extensions: &Extensions) -> Option<&str> {
    extensions
        .get::<axum_0_8::extract::MatchedPath>()
        .map(axum_0_8::extract::MatchedPath::as_str)
}

/// No router is known: a route can still be published from within, by the scope.
#[cfg(not(feature = "axum-0-8"))]
pub(crate) const fn template(_: &Extensions) -> Option<&str> {
    None
}
