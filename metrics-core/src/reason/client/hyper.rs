//! hyper 1.

use std::error::Error;
use std::io;

use super::{Reason, Told};
use crate::reason::text;

/// The question for it is only there with a server in hyper.
const TOO_LARGE: &str = "message head is too large";

pub(super) fn told<'a>(error: &'a (dyn Error + 'static)) -> Option<Told<'a>> {
    let error = error.downcast_ref::<hyper::Error>()?;
    // Something ended the connection; what that was may be within.
    if error.is_canceled() || error.is_closed() {
        return Some(Told::AtLeast(Reason::Closed));
    }
    let reason = if text::is(error, TOO_LARGE) {
        Reason::TooLarge
    } else if error.is_parse() || is_bad_chunk(error) {
        Reason::HttpParse
    } else if error.is_incomplete_message() {
        Reason::Closed
    } else if error.is_timeout() {
        Reason::Timeout
    } else {
        return error.source().and_then(http2).map(Told::Reason);
    };
    Some(Told::Reason(reason))
}

/// A body whose chunks have no sizes: hyper has an I/O error of its own for that.
fn is_bad_chunk(error: &hyper::Error) -> bool {
    let io = error.source().and_then(|source| source.downcast_ref());
    io.is_some_and(|io: &io::Error| io.kind() == io::ErrorKind::InvalidInput)
}

/// What h2 says first, and what it is. Behind it stands what the other side chose.
const HTTP2: &[(&str, Reason)] = &[
    ("stream error received: ", Reason::Econnreset),
    ("connection error received: ", Reason::Closed),
    ("stream error detected: ", Reason::HttpParse),
    ("connection error detected: ", Reason::HttpParse),
];

/// An error of HTTP/2's own, directly within one of hyper's: nobody but h2 puts one there that begins like this.
fn http2(error: &(dyn Error + 'static)) -> Option<Reason> {
    let mut known = HTTP2.iter();
    known
        .find(|(first, _)| text::begins(error, first))
        .map(|(_, reason)| *reason)
}
