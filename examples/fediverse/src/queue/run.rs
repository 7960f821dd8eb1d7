//! The one function that every job of every queue runs through.

use std::{panic::AssertUnwindSafe, sync::Arc};

use apalis::prelude::ExecutionContext;
use fedimetrics_core::Reason;
use fedimetrics_jobs::Inside;
use futures_util::FutureExt;

use super::{Job, JobError};
use crate::{App, jobs};

/// Which attempt at a job this is.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// The first is 1.
    pub number: usize,
    /// How many there will be at most.
    pub max: usize,
}

impl Attempt {
    /// What apalis knows of it, once the attempt has begun.
    #[must_use]
    pub fn of(context: &ExecutionContext) -> Self {
        Self {
            number: context.attempt(),
            max: context.max_attempts().unwrap_or(super::job::MAX_ATTEMPTS),
        }
    }

    /// Whether a failure now is the last.
    #[must_use]
    pub const fn is_last(&self) -> bool {
        self.number >= self.max
    }
}

/// Runs one attempt at a job to its end.
///
/// # Errors
///
/// When the attempt failed; [`JobError::gives_up`] and [`Attempt::is_last`] tell whether there will be another.
pub async fn run(
    app: &Arc<App>,
    job: Job,
    attempt: Attempt,
    observed: Option<&Inside>,
) -> Result<(), JobError> {
    let (queue, worker) = (job.queue().name(), job.worker());
    let (inboxes, published) = (job.inboxes().to_vec(), job.published().unwrap_or_default());
    // A panic must not leave the row as running for ever: apalis writes back the status that it had.
    let result = AssertUnwindSafe(perform(app, job, attempt, observed))
        .catch_unwind()
        .await
        .unwrap_or(Err(JobError::Panic(Reason::Panic)));

    if let Err(error) = &result {
        let cause = std::error::Error::source(error)
            .map(ToString::to_string)
            .unwrap_or_default();
        let fate = if error.gives_up() {
            "given up"
        } else if attempt.is_last() {
            "out of retries"
        } else {
            "will be retried"
        };
        tracing::debug!(
            queue,
            worker,
            attempt = attempt.number,
            fate,
            cause,
            "{error}"
        );
    }
    let over = result
        .as_ref()
        .map_or_else(|error| error.gives_up() || attempt.is_last(), |()| true);
    if over {
        let settled = inboxes.iter();
        settled.for_each(|inbox| app.breaker.settled(inbox, published));
    }
    result
}

async fn perform(
    app: &Arc<App>,
    job: Job,
    attempt: Attempt,
    observed: Option<&Inside>,
) -> Result<(), JobError> {
    match job {
        Job::Deliver {
            user,
            inbox,
            activity,
            ..
        } => jobs::deliver::deliver(app, &user, &inbox, &activity, observed).await,
        Job::Announce {
            user,
            inboxes,
            activity,
            ..
        } => jobs::announce::announce(app, &user, &inboxes, &activity, attempt, observed).await,
        Job::Process { inbox, activity } => jobs::process::process(app, &inbox, &activity).await,
        Job::Mail { user, subject } => jobs::mail::mail(app, &user, &subject).await,
        Job::Media { name } => jobs::media::digest(app, &name).await,
        Job::Card { url } => jobs::card::card(app, &url).await,
        Job::Cleanup => jobs::cleanup::cleanup(app).await,
    }
}
