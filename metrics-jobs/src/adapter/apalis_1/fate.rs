//! Fate: what an error of a task says of its attempt.

use std::error::Error;
use std::fmt::{self, Write};

use apalis_core::error::{AbortError, BoxDynError, DeferredError, RetryAfterError};
use apalis_core::task::ExecutionContext;
use apalis_core::task::status::Status;
use fedimetrics_core::{Failure, Reason};

use crate::labels::Outcome;

use super::finality::Final;

/// What the whole task came to.
pub(super) fn of_task(
    error: &BoxDynError,
    context: &ExecutionContext,
    rule: &Final,
    reason: Reason,
) -> (Outcome, Reason) {
    let postponed = is_postponed(error);
    if is_given_up(error, context) {
        (Outcome::Discard, reason)
    } else if rule.ends(context, error, postponed) {
        (Outcome::FinalFailure, reason)
    } else if postponed {
        (Outcome::Snooze, postponing(reason))
    } else {
        (Outcome::Exception, reason)
    }
}

/// What one try came to, of which nobody knows whether it is the last.
pub(super) fn of_try(
    error: &BoxDynError,
    context: &ExecutionContext,
    reason: Reason,
) -> (Outcome, Reason) {
    of_task(error, context, &Final::Never, reason)
}

/// Why it failed, as far as the error tells.
pub(super) fn reason(error: &BoxDynError, context: &ExecutionContext) -> Reason {
    // What was returned by the task itself has a status to show for it. What a layer made of a panic or of a timeout
    // has not, and is of a type that only its own crate knows.
    if !matches!(context.status(), Status::Failed | Status::Killed) {
        let mut link: Option<&(dyn Error + 'static)> = Some(error.as_ref());
        while let Some(error) = link {
            if Beginning::of(error, "PanicError: ") {
                return Reason::Panic;
            }
            if Beginning::of(error, "request timed out") {
                return Reason::Timeout;
            }
            link = error.source();
        }
    }
    error.reason()
}

/// The task itself aborted. Where a layer did, apalis has not noticed, and tries again.
fn is_given_up(error: &BoxDynError, context: &ExecutionContext) -> bool {
    error.is::<AbortError>() && !matches!(context.status(), Status::Running | Status::Failed)
}

fn is_postponed(error: &BoxDynError) -> bool {
    error.is::<RetryAfterError>() || error.is::<DeferredError>()
}

const fn postponing(reason: Reason) -> Reason {
    match reason {
        Reason::Other => Reason::Backoff,
        reason => reason,
    }
}

/// Reads no more of an error's text than is asked for, and keeps none of it.
struct Beginning<'a> {
    rest: &'a str,
}

impl Beginning<'_> {
    fn of(error: &dyn Error, text: &str) -> bool {
        let mut beginning = Beginning { rest: text };
        // It stops the writer as soon as it knows.
        let _stopped = write!(beginning, "{error}");
        beginning.rest.is_empty()
    }
}

impl Write for Beginning<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if let Some(rest) = self.rest.strip_prefix(text) {
            self.rest = rest;
            return Ok(());
        }
        if text.starts_with(self.rest) {
            self.rest = "";
        }
        Err(fmt::Error)
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn only_the_beginning_of_a_text_counts() {
        let is = |text: &str| Beginning::of(&io::Error::other(text.to_owned()), "PanicError: ");
        assert!(is("PanicError: oh"));
        assert!(!is("a PanicError: oh"));
        assert!(!is("PanicErr"));
        assert!(!is(""));
    }

    #[test]
    fn a_stranger_can_write_what_they_like_into_what_a_task_returns() {
        let error: BoxDynError = Box::new(io::Error::other("request timed out, or so I say"));
        let context = ExecutionContext::default();
        context.raw_status().store(Status::Failed);
        assert_eq!(reason(&error, &context), Reason::Other);
        context.raw_status().store(Status::Running);
        assert_eq!(reason(&error, &context), Reason::Timeout);
    }
}
