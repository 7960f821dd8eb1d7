//! hyper 1.

use std::error::Error;
use std::io;

use super::{Reason, Told};

pub(super) fn told<'a>(error: &'a (dyn Error + 'static)) -> Option<Told<'a>> {
    let error = error.downcast_ref::<hyper::Error>()?;
    // Something ended the connection; what that was may be within.
    if error.is_canceled() || error.is_closed() {
        return Some(Told::AtLeast(Reason::Closed));
    }
    let reason = if error.is_parse_too_large() {
        Reason::TooLarge
    } else if error.is_parse() || is_bad_chunk(error) {
        Reason::HttpParse
    } else if error.is_incomplete_message() {
        Reason::Closed
    } else if error.is_timeout() {
        Reason::Timeout
    } else {
        return None;
    };
    Some(Told::Reason(reason))
}

/// A body whose chunks have no sizes: hyper has an I/O error of its own for that.
fn is_bad_chunk(error: &hyper::Error) -> bool {
    let io = error.source().and_then(|source| source.downcast_ref());
    io.is_some_and(|io: &io::Error| io.kind() == io::ErrorKind::InvalidInput)
}
