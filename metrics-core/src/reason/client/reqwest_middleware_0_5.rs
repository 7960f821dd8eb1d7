//! reqwest-middleware 0.5. Its error is transparent: its source is the source of the error within.

use std::error::Error as StdError;

use reqwest_middleware_0_5::Error;

use super::Told;

pub(super) fn told<'a>(error: &'a (dyn StdError + 'static)) -> Option<Told<'a>> {
    Some(Told::Hides(match error.downcast_ref::<Error>()? {
        Error::Reqwest(hidden) => hidden,
        Error::Middleware(hidden) => hidden.as_ref(),
    }))
}

#[cfg(test)]
mod tests {
    use reqwest_0_13::Response;

    use crate::Reason;

    use super::*;

    #[test]
    fn what_is_hidden_is_found() {
        let gone = http::Response::builder().status(410).body("").unwrap();
        let gone = Response::from(gone).error_for_status().unwrap_err();
        assert_eq!(Reason::classify(&Error::Reqwest(gone)).as_str(), "http_410");
        let blocked = Error::middleware(Reason::Blocked);
        assert_eq!(Reason::classify(&blocked), Reason::Blocked);
        let other = Error::Middleware(anyhow::anyhow!("nobody knows"));
        assert_eq!(Reason::classify(&other), Reason::Other);
    }
}
