//! The closed sets that labels are taken from. No string of a stranger's gets past this file.

use std::num::NonZeroU16;

use http::StatusCode;

use crate::method::Method;

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Outcome {
    /// Below 400, to the last byte.
    Ok,
    /// 4xx, to the last byte.
    ClientError,
    /// 5xx, to the last byte.
    ServerError,
    /// Dropped before there was a head: the client left, or somebody outside lost patience.
    Cancelled,
    /// The body was dropped half way.
    Aborted,
    /// The body failed.
    Body,
    /// The handler or the body panicked.
    Panic,
    /// Somebody who can tell says that it took too long.
    Timeout,
    /// The service returned an error instead of a response.
    Service,
}

impl Outcome {
    pub(crate) const WORDS: &'static [&'static str] = &[
        "ok",
        "client_error",
        "server_error",
        "cancelled",
        "aborted",
        "body",
        "panic",
        "timeout",
        "service",
    ];

    /// How a request ended whose response was sent whole.
    #[inline]
    pub(crate) const fn of(status: Status) -> Self {
        match status.number() {
            // First, since nearly all are.
            200..=399 => Self::Ok,
            4 | 400..=499 => Self::ClientError,
            5 | 500..=599 => Self::ServerError,
            _ => Self::Ok,
        }
    }

    pub(crate) const fn index(self) -> usize {
        self as usize
    }

    pub(crate) const fn as_str(self) -> &'static str {
        Self::WORDS[self as usize]
    }

    /// Empty when all went well and where the client is at fault, a status that is a 5xx, else its own word.
    pub(crate) fn error_type(self, status: Option<&str>) -> &str {
        match self {
            Self::Ok | Self::ClientError => "",
            Self::ServerError => match status {
                Some(status) if status.starts_with('5') => status,
                _ => self.as_str(),
            },
            other => other.as_str(),
        }
    }
}

/// A response's status. Printed as itself if it is registered, or one of nginx's and Cloudflare's; else as its class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Status(NonZeroU16);

impl Status {
    pub(crate) fn of(status: StatusCode) -> Self {
        let code = status.as_u16();
        let known = status == StatusCode::OK
            || status.canonical_reason().is_some()
            || matches!(code, 499 | 520..=530);
        // A single digit stands for its class.
        let code = NonZeroU16::new(if known { code } else { code / 100 });
        Self(code.unwrap_or(NonZeroU16::MIN))
    }

    /// As a number that differs for statuses that are printed differently; never 0.
    pub(crate) const fn number(self) -> u16 {
        self.0.get()
    }

    /// No body follows, whatever the response carries.
    pub(crate) const fn is_bodyless(self) -> bool {
        matches!(self.number(), 1 | 100..=199 | 204 | 304)
    }

    pub(crate) const fn is_upgrade(self, method: Method) -> bool {
        self.number() == 101 || method.is_connect() && matches!(self.number(), 2 | 200..=299)
    }

    /// Calls with the label value.
    pub(crate) fn with<R>(self, call: impl FnOnce(&str) -> R) -> R {
        match self.0.get() {
            1 => call("1xx"),
            2 => call("2xx"),
            3 => call("3xx"),
            4 => call("4xx"),
            5 => call("5xx"),
            code => match StatusCode::from_u16(code) {
                Ok(status) => call(status.as_str()),
                Err(_) => call("_OTHER"),
            },
        }
    }
}

/// What kind of stream a response is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// Server-sent events.
    Sse,
    /// A WebSocket.
    Websocket,
    /// Another endless response, such as `multipart/x-mixed-replace`, or another protocol.
    Other,
}

impl Kind {
    pub(crate) const WORDS: &'static [&'static str] = &["sse", "websocket", "other"];

    /// The kind that a content type tells, if it tells one.
    pub(crate) fn of(content_type: &[u8]) -> Option<Self> {
        let media = content_type
            .split(|byte| *byte == b';')
            .next()
            .unwrap_or_default()
            .trim_ascii();
        if media.eq_ignore_ascii_case(b"text/event-stream") {
            Some(Self::Sse)
        } else if media.eq_ignore_ascii_case(b"multipart/x-mixed-replace") {
            Some(Self::Other)
        } else {
            None
        }
    }

    pub(crate) const fn index(self) -> usize {
        self as usize
    }

    pub(crate) const fn as_str(self) -> &'static str {
        Self::WORDS[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_made_up_status_becomes_its_class() {
        let word = |code| Status::of(StatusCode::from_u16(code).unwrap()).with(str::to_owned);
        for (code, expected) in [
            (200, "200"),
            (418, "418"),
            (447, "4xx"),
            (499, "499"),
            (523, "523"),
            (599, "5xx"),
            (298, "2xx"),
            (999, "_OTHER"),
            (600, "_OTHER"),
        ] {
            assert_eq!(word(code), expected);
        }
        let words: HashSet<_> = (100..=999).map(word).collect();
        assert!(words.len() < 90, "{} words", words.len());
    }

    #[test]
    fn the_outcome_of_a_folded_status_is_its_class() {
        let outcome = |code| Outcome::of(Status::of(StatusCode::from_u16(code).unwrap()));
        assert_eq!(outcome(447), Outcome::ClientError);
        assert_eq!(outcome(555), Outcome::ServerError);
        assert_eq!(outcome(298), Outcome::Ok);
        assert_eq!(outcome(777), Outcome::Ok);
    }

    #[test]
    fn error_types_say_what_went_wrong() {
        assert_eq!(Outcome::Ok.error_type(Some("200")), "");
        assert_eq!(Outcome::ClientError.error_type(Some("404")), "");
        assert_eq!(Outcome::ServerError.error_type(Some("503")), "503");
        assert_eq!(Outcome::ServerError.error_type(Some("5xx")), "5xx");
        assert_eq!(Outcome::ServerError.error_type(Some("200")), "server_error");
        assert_eq!(Outcome::Aborted.error_type(Some("200")), "aborted");
        assert_eq!(Outcome::Service.error_type(None), "service");
    }

    #[test]
    fn event_streams_are_known_by_their_type() {
        assert_eq!(
            Kind::of(b"text/event-stream; charset=utf-8"),
            Some(Kind::Sse)
        );
        assert_eq!(Kind::of(b"Text/Event-Stream"), Some(Kind::Sse));
        assert_eq!(
            Kind::of(b"multipart/x-mixed-replace;boundary=x"),
            Some(Kind::Other)
        );
        assert_eq!(Kind::of(b"text/html"), None);
        assert_eq!(Kind::of(b""), None);
    }
}
