//! The route's template: what a router says it matched, never the path that was asked for.

#[cfg(feature = "axum-0-7")]
mod axum_0_7;
#[cfg(feature = "axum-0-8")]
mod axum_0_8;

use http::Extensions;

/// What stands for a request that no route matched.
pub(crate) const UNMATCHED: &str = "unmatched";

/// The template that a router left in the request's extensions.
#[inline]
pub(crate) fn template(extensions: &Extensions) -> Option<&str> {
    let template = None;
    #[cfg(feature = "axum-0-8")]
    let template = template.or_else(|| axum_0_8::template(extensions));
    #[cfg(feature = "axum-0-7")]
    let template = template.or_else(|| axum_0_7::template(extensions));
    // Without a router's feature a route can still be published from within, by the scope.
    let _ = extensions;
    template
}
