//! Why a job failed, and whether it is tried again.

use fedimetrics_core::{Because, Reason};

use crate::{federation::DeliveryError, outgoing::FetchError};

use super::EnqueueError;

/// Why an attempt at a job failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JobError {
    /// An inbox did not take an activity.
    #[error("the delivery failed")]
    Delivery(#[source] DeliveryError),
    /// Some of many inboxes did not take it; the source is what the last of them said.
    #[error("{failed} inboxes of {of} did not take it")]
    Deliveries {
        /// How many will be tried again.
        failed: usize,
        /// How many there were.
        of: usize,
        /// What the last of them said.
        source: DeliveryError,
    },
    /// The user in whose name it should run is not there.
    #[error("there is no such user")]
    NoUser(#[source] Reason),
    /// The mail server refused.
    #[error("the mail was not accepted")]
    Mail(#[source] crate::jobs::mail::MailError),
    /// The preview could not be fetched.
    #[error("the preview could not be fetched")]
    Card(#[source] FetchError),
    /// The page has nothing to preview.
    #[error("the page has no title")]
    NoTitle(#[source] Reason),
    /// A file could not be read.
    #[error("the file could not be read")]
    File(#[source] std::io::Error),
    /// The database failed.
    #[error("the database failed")]
    Database(#[source] Because),
    /// A job that this one asked for was not taken.
    #[error("the next job was not taken")]
    Enqueue(#[from] EnqueueError),
    /// The job panicked.
    #[error("the job panicked")]
    Panic(#[source] Reason),
}

impl From<sqlx::Error> for JobError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(Reason::Db.because(error))
    }
}

impl JobError {
    /// Whether it is given up on purpose, with attempts left.
    #[must_use]
    pub fn gives_up(&self) -> bool {
        match self {
            Self::Delivery(error) => error.gives_up(),
            Self::NoUser(_) | Self::NoTitle(_) => true,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use apalis::prelude::{AbortError, BoxDynError};

    use super::*;

    #[test]
    fn what_is_given_up_on_purpose_has_a_reason_all_the_same() {
        for error in [
            JobError::NoTitle(Reason::InvalidData),
            JobError::NoUser(Reason::InvalidData),
            JobError::Card(FetchError::TooLarge(Reason::TooLarge)),
        ] {
            let wrapped: BoxDynError = Box::new(AbortError::new(error));
            assert_ne!(Reason::classify(&*wrapped), Reason::Other, "{wrapped:?}");
        }
    }
}
