//! Problem: what a push can fail with.

use std::time::Duration;

use http::StatusCode;

use super::answer::Answer;

/// What a push can fail with.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    #[error("`{0}` is no address to push to: {1}")]
    Address(String, &'static str),
    #[error(
        "an address to push to holds no user and no password: use Destination::with_basic_auth"
    )]
    CredentialsInAddress,
    #[error("the credentials for a push cannot be sent in a header: use visible ASCII characters")]
    Credentials,
    #[error(
        "`{0}` is no label to push with: use letters, digits and `_`, such as `instance`; `job` is set already"
    )]
    Label(String),
    #[error("{to} cannot be reached")]
    Unreachable {
        to: String,
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error("{to} did not answer a push within {within:?}")]
    Late { to: String, within: Duration },
    /// Asking again may help.
    #[error("{to} failed to take a push: {answer}")]
    Failing { to: String, answer: Answer },
    /// Asking again does not help.
    #[error("{to} refused a push: {answer}{}", hint(.answer.status))]
    Refused { to: String, answer: Answer },
    #[error(
        "VictoriaMetrics keeps what was pushed until its retention is over: only a Pushgateway's group can be deleted"
    )]
    NoGroup,
}

impl Problem {
    /// What became of a request, once it was answered.
    pub(super) fn of(to: &str, answer: Answer) -> Result<(), Self> {
        let (status, to) = (answer.status, to.to_owned());
        let later = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS];
        if status.is_success() {
            Ok(())
        } else if status.is_server_error() || later.contains(&status) {
            Err(Self::Failing { to, answer })
        } else {
            Err(Self::Refused { to, answer })
        }
    }

    /// Whether the next attempt may go better.
    pub(crate) const fn passes(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::Late { .. } | Self::Failing { .. }
        )
    }
}

/// What to look at first.
fn hint(status: StatusCode) -> &'static str {
    match status.as_u16() {
        300..=399 => "; push to where it points",
        401 | 403 => "; look at the credentials",
        404 => "; is that the address of a Pushgateway or of VictoriaMetrics?",
        413 => "; raise the limit of what stands in front of it",
        _ => "",
    }
}
