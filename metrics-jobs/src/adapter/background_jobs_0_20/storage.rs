//! `impl Storage`: what becomes of a job is told to its storage.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use background_jobs_core::{JobInfo, JobResult, MaxRetries, NewJobInfo, ReturnJobInfo, Storage};
use fedimetrics_core::Reason;
use uuid::Uuid;

use crate::attempt::Attempt;
use crate::job::Job;
use crate::labels::Outcome;
use crate::run::Run;

use super::heard;

/// A storage that counts what passes through it. Clones are the same one.
#[derive(Clone)]
pub struct JobStorage<S> {
    inner: S,
    jobs: Arc<[&'static Job]>,
    /// As many as there are workers that run one.
    under_way: Arc<Mutex<HashMap<Uuid, UnderWay>>>,
}

struct UnderWay {
    name: String,
    run: Run,
}

impl<S> JobStorage<S> {
    /// Observes the jobs of that storage that are among these, by queue and name.
    pub fn wrap(inner: S, jobs: impl Into<Arc<[&'static Job]>>) -> Self {
        Self {
            inner,
            jobs: jobs.into(),
            under_way: Arc::default(),
        }
    }

    fn job(&self, queue: &str, name: &str) -> Option<&'static Job> {
        let mut jobs = self.jobs.iter().copied();
        jobs.find(|job| job.identity().queue() == queue && job.identity().worker() == name)
    }

    /// Held for a look into the map, and never across an await.
    fn under_way(&self) -> MutexGuard<'_, HashMap<Uuid, UnderWay>> {
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn began(&self, info: &JobInfo) {
        let Some(job) = self.job(&info.queue, &info.name) else {
            return;
        };
        let mut attempt = Attempt::number(info.retry_count.saturating_add(1))
            .available_at(SystemTime::from(info.next_queue));
        if let MaxRetries::Count(retries) = info.max_retries {
            attempt = attempt.of(u32::try_from(retries).unwrap_or(u32::MAX).saturating_add(1));
        }
        // The library makes ids of the time.
        if let Some((seconds, nanos)) = info.id.get_timestamp().map(|time| time.to_unix()) {
            let since = Duration::new(seconds, nanos);
            if let Some(then) = SystemTime::UNIX_EPOCH.checked_add(since) {
                attempt = attempt.created_at(then);
            }
        }
        let begun = UnderWay {
            name: info.name.clone(),
            run: job.start(attempt),
        };
        // What was given to a worker that is not heard of any more is dropped, and so cancelled.
        let _unheard = self.under_way().insert(info.id, begun);
    }
}

impl<S: Storage + Sync> Storage for JobStorage<S> {
    type Error = S::Error;

    async fn info(&self, job_id: Uuid) -> Result<Option<JobInfo>, S::Error> {
        self.inner.info(job_id).await
    }

    async fn push(&self, job: NewJobInfo) -> Result<Uuid, S::Error> {
        let observed = self.job(job.queue(), job.name());
        if let Some(observed) = observed {
            observed.enqueued();
        }
        let pushed = self.inner.push(job).await;
        if let (Some(observed), Err(_)) = (observed, &pushed) {
            observed.dropped(Reason::Db);
        }
        pushed
    }

    async fn pop(&self, queue: &str, runner_id: Uuid) -> Result<JobInfo, S::Error> {
        let info = self.inner.pop(queue, runner_id).await?;
        self.began(&info);
        Ok(info)
    }

    async fn heartbeat(&self, job_id: Uuid, runner_id: Uuid) -> Result<(), S::Error> {
        self.inner.heartbeat(job_id, runner_id).await
    }

    async fn complete(&self, returned: ReturnJobInfo) -> Result<bool, S::Error> {
        let (id, result) = (returned.id, returned.result);
        let under_way = self.under_way().remove(&id);
        // Before anything is awaited: another job's word may lie there afterwards.
        let heard = under_way.as_ref().and_then(|job| heard::take(&job.name));
        let completed = self.inner.complete(returned).await;
        if let Some(UnderWay { mut run, .. }) = under_way {
            let reason = heard.unwrap_or(Reason::Other);
            let (outcome, reason) = match (&completed, result) {
                (Err(_), _) => (Outcome::Exception, Reason::Db),
                (Ok(_), JobResult::Success) => (Outcome::Success, reason),
                (Ok(true), JobResult::Failure) => (Outcome::FinalFailure, reason),
                (Ok(false), JobResult::Failure) => (Outcome::Exception, reason),
                (Ok(_), JobResult::Unregistered) => (Outcome::Exception, Reason::InvalidData),
                (Ok(_), JobResult::Unexecuted) => (Outcome::Cancelled, Reason::Shutdown),
            };
            run.close(outcome, reason);
        }
        completed
    }
}

impl<S> fmt::Debug for JobStorage<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobStorage")
            .field("jobs", &self.jobs)
            .finish_non_exhaustive()
    }
}
