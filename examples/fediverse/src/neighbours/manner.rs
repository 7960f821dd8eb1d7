//! A manner: how a server answers when something is delivered to it.

use http::StatusCode;

/// How a server behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Manner {
    /// Accepts, after checking the signature.
    Well,
    /// The same; a small server, that keeps no connection open. There are [more](Self::how_many) of these than of all others.
    Small,
    /// The same, over TLS.
    Secure,
    /// The same, after a while.
    Slow,
    /// Answers 401, whoever asks.
    Unauthorized,
    /// Answers 410: it has left.
    Gone,
    /// Answers 429.
    TooMany,
    /// Answers 502: the server behind its proxy is down.
    BadGateway,
    /// Answers something that is not HTTP.
    Garbage,
    /// Takes the request, and never answers.
    Hang,
    /// Takes the request, and resets the connection.
    Reset,
    /// Takes the request, and closes the connection.
    Closed,
    /// Has a certificate that nobody trusts.
    BadCertificate,
    /// Listens, and lets nobody in any more.
    Deaf,
    /// Has nothing that listens.
    Refused,
    /// Has a name that does not exist.
    Nowhere,
    /// Is one that we do not talk with.
    Blocked,
}

impl Manner {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::Well,
        Self::Small,
        Self::Secure,
        Self::Slow,
        Self::Unauthorized,
        Self::Gone,
        Self::TooMany,
        Self::BadGateway,
        Self::Garbage,
        Self::Hang,
        Self::Reset,
        Self::Closed,
        Self::BadCertificate,
        Self::Deaf,
        Self::Refused,
        Self::Nowhere,
        Self::Blocked,
    ];

    /// How many servers behave like this.
    #[must_use]
    pub const fn how_many(self) -> usize {
        match self {
            Self::Small => 12,
            _ => 1,
        }
    }

    /// Whether it accepts what is delivered to it.
    #[must_use]
    pub const fn is_good(self) -> bool {
        matches!(self, Self::Well | Self::Small | Self::Secure | Self::Slow)
    }

    /// The status that it always answers with, if it does.
    #[must_use]
    pub const fn refusal(self) -> Option<StatusCode> {
        match self {
            Self::Unauthorized => Some(StatusCode::UNAUTHORIZED),
            Self::Gone => Some(StatusCode::GONE),
            Self::TooMany => Some(StatusCode::TOO_MANY_REQUESTS),
            Self::BadGateway => Some(StatusCode::BAD_GATEWAY),
            _ => None,
        }
    }
}
