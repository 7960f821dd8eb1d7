//! Ended: what became of one outgoing request, and the words for it.

use fedimetrics_core::Reason;
use http::StatusCode;

use crate::labels::Status;

/// What became of one outgoing request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// The head of a response came, and tells this.
    Answered(Status, Option<Reason>),
    /// An error came instead.
    Failed(Reason),
    /// Its caller dropped it: a timeout further out, a shutdown, or another server that was faster.
    Cancelled,
}

impl Ended {
    pub(super) fn of(status: StatusCode) -> Self {
        let told = match status.as_u16() {
            // It was asked whether something has changed, and told.
            ..300 | 304 => None,
            code => Some(Reason::http(code)),
        };
        Self::Answered(Status::of(status), told)
    }

    /// What a job hears of it that has no better reason. `None` is: it went well.
    ///
    /// A redirect that nobody followed is told: whoever sent something has not sent it.
    pub(super) const fn verdict(self) -> Option<Reason> {
        match self {
            Self::Answered(_, told) => told,
            Self::Failed(reason) => Some(reason),
            Self::Cancelled => None,
        }
    }

    /// Empty below 400: a redirect is an answer.
    pub(super) fn error_type(self) -> &'static str {
        match self {
            Self::Answered(_, None | Some(Reason::Redirect)) => "",
            Self::Answered(_, Some(reason)) | Self::Failed(reason) => reason.as_str(),
            Self::Cancelled => "cancelled",
        }
    }

    /// Calls with the status's label value, empty where there was none.
    pub(super) fn with_status<R>(self, call: impl FnOnce(&str) -> R) -> R {
        match self {
            Self::Answered(status, _) => status.with(call),
            Self::Failed(_) | Self::Cancelled => call(""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(code: u16) -> Ended {
        Ended::of(StatusCode::from_u16(code).unwrap())
    }

    #[test]
    fn an_error_begins_at_400_and_has_one_spelling() {
        for (code, error_type, verdict) in [
            (101, "", None),
            (200, "", None),
            (202, "", None),
            (302, "", Some("redirect")),
            (304, "", None),
            (404, "http_404", Some("http_404")),
            (447, "http_4xx", Some("http_4xx")),
            (502, "http_502", Some("http_502")),
            (523, "http_523", Some("http_523")),
            (799, "other", Some("other")),
        ] {
            assert_eq!(of(code).error_type(), error_type, "{code}");
            assert_eq!(of(code).verdict().map(Reason::as_str), verdict, "{code}");
        }
    }

    #[test]
    fn the_status_and_the_error_type_fold_the_same_numbers() {
        for code in 400..600 {
            let ended = of(code);
            let status = ended.with_status(str::to_owned);
            assert_eq!(ended.error_type(), format!("http_{status}"), "{code}");
        }
    }

    #[test]
    fn dropping_is_no_failure() {
        assert_eq!(Ended::Cancelled.verdict(), None);
        assert_eq!(Ended::Cancelled.error_type(), "cancelled");
        assert_eq!(Ended::Failed(Reason::Nxdomain).error_type(), "nxdomain");
        assert_eq!(
            Ended::Failed(Reason::Nxdomain).with_status(str::to_owned),
            ""
        );
    }
}
