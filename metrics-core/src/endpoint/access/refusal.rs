//! Refusal: why a request is let in nowhere, and what it is told.

use http::header::{HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};

/// Why a request was refused. Of several reasons the greatest is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Refusal {
    /// Nothing opens it.
    Closed,
    /// It comes from elsewhere, or nobody knows from where.
    Elsewhere,
    /// No token came.
    Anonymous,
    /// Another token came.
    Unknown,
    /// Whoever could say could not be asked.
    Unavailable,
    /// The token may do other things.
    Insufficient,
    /// There is no endpoint.
    Off,
}

impl Refusal {
    pub(in super::super) const fn status(self) -> StatusCode {
        match self {
            Self::Off => StatusCode::NOT_FOUND,
            Self::Closed | Self::Elsewhere | Self::Insufficient => StatusCode::FORBIDDEN,
            Self::Anonymous | Self::Unknown => StatusCode::UNAUTHORIZED,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// As RFC 6750 has it: no error where no token came.
    pub(in super::super) const fn header(self) -> Option<(HeaderName, HeaderValue)> {
        let (name, value) = match self {
            Self::Off | Self::Closed | Self::Elsewhere => return None,
            Self::Anonymous => (WWW_AUTHENTICATE, r#"Bearer realm="metrics""#),
            Self::Unknown => (
                WWW_AUTHENTICATE,
                r#"Bearer realm="metrics", error="invalid_token""#,
            ),
            Self::Insufficient => (
                WWW_AUTHENTICATE,
                r#"Bearer error="insufficient_scope", scope="admin:metrics""#,
            ),
            Self::Unavailable => (RETRY_AFTER, "1"),
        };
        Some((name, HeaderValue::from_static(value)))
    }
}
