//! What the libraries say that fediverse servers send with: one file a library, behind its feature.

#[cfg(feature = "hickory-0-25")]
mod hickory_0_25;
#[cfg(feature = "hickory-0-26")]
mod hickory_0_26;
#[cfg(feature = "hyper")]
mod hyper;
#[cfg(feature = "reqwest-0-12")]
mod reqwest_0_12;
#[cfg(feature = "reqwest-0-13")]
mod reqwest_0_13;
#[cfg(feature = "reqwest-middleware-0-5")]
mod reqwest_middleware_0_5;
#[cfg(feature = "rustls")]
mod rustls;

use std::error::Error;

use super::Reason;

/// What one error of a chain tells.
#[derive(Clone, Copy, Debug)]
#[allow(dead_code, reason = "not every library says all of it")]
pub(super) enum Told<'a> {
    /// All there is to know.
    Reason(Reason),
    /// This much, unless what it wraps tells more.
    AtLeast(Reason),
    /// Nothing by itself, but it wraps this error, and its `source()` passes it over.
    Hides(&'a (dyn Error + 'static)),
}

/// Asks one library's error type; `None` if it is not one, or tells nothing by itself.
type Ask = for<'a> fn(&'a (dyn Error + 'static)) -> Option<Told<'a>>;

const LIBRARIES: &[Ask] = &[
    #[cfg(feature = "hickory-0-25")]
    hickory_0_25::told,
    #[cfg(feature = "hickory-0-26")]
    hickory_0_26::told,
    #[cfg(feature = "hyper")]
    hyper::told,
    #[cfg(feature = "reqwest-0-12")]
    reqwest_0_12::told,
    #[cfg(feature = "reqwest-0-13")]
    reqwest_0_13::told,
    #[cfg(feature = "reqwest-middleware-0-5")]
    reqwest_middleware_0_5::told,
    #[cfg(feature = "rustls")]
    rustls::told,
];

/// What a library's error tells, if it is one that is known.
pub(super) fn told<'a>(error: &'a (dyn Error + 'static)) -> Option<Told<'a>> {
    LIBRARIES.iter().find_map(|ask| ask(error))
}

/// What a type is called, and whether an error is of that type.
pub(super) type Named = (&'static str, fn(&(dyn Error + 'static)) -> bool);

/// The types that do not always tell something, and what they are called where nothing is found.
const NAMES: &[Named] = &[
    #[cfg(feature = "hyper")]
    ("hyper::Error", |error| error.is::<::hyper::Error>()),
    #[cfg(feature = "reqwest-0-12")]
    ("reqwest::Error", |error| {
        error.is::<::reqwest_0_12::Error>()
    }),
    #[cfg(feature = "reqwest-0-13")]
    ("reqwest::Error", |error| {
        error.is::<::reqwest_0_13::Error>()
    }),
    #[cfg(feature = "reqwest-middleware-0-5")]
    ("reqwest_middleware::Error", |error| {
        error.is::<::reqwest_middleware_0_5::Error>()
    }),
];

/// What the type of a library's error is called, if it is one that is known.
pub(super) fn name(error: &(dyn Error + 'static)) -> Option<&'static str> {
    let mut known = NAMES.iter();
    known.find(|(_, is)| is(error)).map(|(name, _)| *name)
}
