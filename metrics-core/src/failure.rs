//! Failure: an error of any make, as long as a reason can be found in it.

use std::error::Error;
use std::ops::Deref;

use crate::reason::{self, Reason};

/// An error that a [`Reason`] can be found in: a typed error, `anyhow::Error`, a boxed `dyn Error`, or a text.
///
/// Where none is found, the type's name is logged (target `fedimetrics_core`; rarely, and never with what the error says:
/// keys have got into logs that way), so that somebody can teach it to us. A text is only looked into for what
/// `getaddrinfo` and `activitypub_federation` write at its beginning.
///
/// The marker never has to be written: it keeps the implementations apart, and is inferred.
///
/// # Examples
///
/// ```
/// use std::{error::Error, io};
/// use fedimetrics_core::{Failure, Reason};
///
/// fn word<M>(failure: &impl Failure<M>) -> &'static str {
///     failure.reason().as_str()
/// }
///
/// let refused = || io::Error::from(io::ErrorKind::ConnectionRefused);
/// assert_eq!(word(&refused()), "econnrefused");
/// assert_eq!(word(&anyhow::Error::from(refused()).context("announce")), "econnrefused");
/// assert_eq!(word(&Box::<dyn Error + Send + Sync>::from(refused())), "econnrefused");
/// assert_eq!(word(&Reason::BreakerOpen), "breaker_open");
/// assert_eq!(word(&"the error became a text on its way"), "other");
/// ```
#[diagnostic::on_unimplemented(
    message = "no reason can be found in `{Self}`",
    note = "an error that implements `std::error::Error`, `anyhow::Error`, a boxed `dyn Error`, a `Reason` and a text will do"
)]
pub trait Failure<Marker> {
    /// Why it failed. [`Reason::Other`] where the error does not tell.
    fn reason(&self) -> Reason;
}

/// Marks errors that implement [`Error`] themselves, a [`Reason`] among them.
#[derive(Debug)]
pub struct Typed;

/// Marks `anyhow::Error` and `Box<dyn Error + Send + Sync>`.
#[derive(Debug)]
pub struct Boxed;

/// Marks `Box<dyn Error>`, which cannot leave its thread.
#[derive(Debug)]
pub struct Local;

/// Marks what carries no error at all: texts and `()`.
#[derive(Debug)]
pub struct Opaque;

impl<E: Error + 'static> Failure<Typed> for E {
    fn reason(&self) -> Reason {
        reason::in_error::<E>(self)
    }
}

impl<E: Deref<Target = dyn Error + Send + Sync + 'static>> Failure<Boxed> for E {
    fn reason(&self) -> Reason {
        reason::in_error::<E>(&**self)
    }
}

impl<E: Deref<Target = dyn Error + 'static>> Failure<Local> for E {
    fn reason(&self) -> Reason {
        reason::in_error::<E>(&**self)
    }
}

impl Failure<Opaque> for String {
    fn reason(&self) -> Reason {
        reason::in_text(self)
    }
}

impl Failure<Opaque> for &str {
    fn reason(&self) -> Reason {
        reason::in_text(self)
    }
}

impl Failure<Opaque> for () {
    fn reason(&self) -> Reason {
        Reason::Other
    }
}
