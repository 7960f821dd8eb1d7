//! What the libraries say that fediverse servers send with: one file a library, behind its feature.

#[cfg(feature = "hyper")]
mod hyper;
#[cfg(feature = "reqwest-0-13")]
mod reqwest_0_13;
#[cfg(feature = "rustls")]
mod rustls;

use std::error::Error;

use super::Reason;

/// What one error of a chain tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "reqwest-0-13"),
    allow(dead_code, reason = "not every library says so little")
)]
pub(super) enum Told {
    /// All there is to know.
    Reason(Reason),
    /// This much, unless what it wraps tells more.
    AtLeast(Reason),
}

/// Asks one library's error type; `None` if it is not one, or tells nothing by itself.
type Ask = fn(&(dyn Error + 'static)) -> Option<Told>;

const LIBRARIES: &[Ask] = &[
    #[cfg(feature = "hyper")]
    hyper::told,
    #[cfg(feature = "reqwest-0-13")]
    reqwest_0_13::told,
    #[cfg(feature = "rustls")]
    rustls::told,
];

/// What a library's error tells, if it is one that is known.
pub(super) fn told(error: &(dyn Error + 'static)) -> Option<Told> {
    LIBRARIES.iter().find_map(|ask| ask(error))
}
