//! reqwest 0.13.

use std::error::Error;

use super::{Reason, Told};

pub(super) fn told<'a>(error: &'a (dyn Error + 'static)) -> Option<Told<'a>> {
    let error = error.downcast_ref::<reqwest_0_13::Error>()?;
    if let Some(status) = error.status() {
        return Some(Told::Reason(Reason::http(status.as_u16())));
    }
    if error.is_timeout() {
        let connecting = error.is_connect();
        return Some(Told::Reason(if connecting {
            Reason::ConnectTimeout
        } else {
            Reason::Timeout
        }));
    }
    if error.is_redirect() {
        Some(Told::Reason(Reason::Redirect))
    } else if error.is_builder() {
        Some(Told::Reason(Reason::BadUrl))
    } else if error.is_decode() {
        Some(Told::AtLeast(Reason::InvalidData))
    } else {
        None
    }
}
