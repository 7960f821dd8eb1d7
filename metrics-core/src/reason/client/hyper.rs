//! hyper 1.

use std::error::Error;

use super::{Reason, Told};

pub(super) fn told<'a>(error: &'a (dyn Error + 'static)) -> Option<Told<'a>> {
    let error = error.downcast_ref::<hyper::Error>()?;
    let reason = if error.is_parse() {
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
