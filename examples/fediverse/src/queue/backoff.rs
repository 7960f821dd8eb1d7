//! Seconds between the attempts at a job, as a tower layer below apalis.
//!
//! apalis-sqlite takes a failed row up again at once, so that all attempts pass within milliseconds, and its
//! `RetryAfterError` leaves the row pending and locked. But it leaves alone a row whose `run_at` lies ahead: this layer
//! moves it before the error is returned, and so before the row is marked as failed.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use apalis::prelude::{AbortError, BoxDynError, Task};
use sqlx::SqlitePool;
use tower::{Layer, Service};

/// How long to wait after that attempt: 1, 2, 4, … seconds.
#[must_use]
pub fn delay(attempt: usize) -> Duration {
    let doublings = u32::try_from(attempt.saturating_sub(1))
        .unwrap_or(u32::MAX)
        .min(6);
    Duration::from_secs(1 << doublings)
}

/// Puts off the next attempt at a failed job.
#[derive(Clone, Debug)]
pub struct BackoffLayer {
    pool: SqlitePool,
}

impl BackoffLayer {
    /// A layer for the queues of that database.
    #[must_use]
    pub const fn new(pool: SqlitePool) -> Self {
        Self { pool }
    }
}

impl<S> Layer<S> for BackoffLayer {
    type Service = Backoff<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Backoff {
            inner,
            pool: self.pool.clone(),
        }
    }
}

/// The service that [`BackoffLayer`] makes.
#[derive(Clone, Debug)]
pub struct Backoff<S> {
    inner: S,
    pool: SqlitePool,
}

impl<S, Args> Service<Task<Args>> for Backoff<S>
where
    S: Service<Task<Args>, Error = BoxDynError>,
    S::Future: Send + 'static,
    S::Response: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxDynError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxDynError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxDynError>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, task: Task<Args>) -> Self::Future {
        let (context, pool) = (task.ctx().clone(), self.pool.clone());
        let attempt = self.inner.call(task);
        Box::pin(async move {
            let error = match attempt.await {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            // The number is counted up at the attempt's first poll, so it is read here.
            let number = context.attempt();
            let last = context.max_attempts().is_some_and(|max| number >= max);
            if let (false, false, Some(id)) = (last, error.is::<AbortError>(), context.task_id()) {
                let now = SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .unwrap_or_default();
                let run_at = i64::try_from((now + delay(number)).as_secs()).unwrap_or(i64::MAX);
                let moved = sqlx::query("UPDATE Jobs SET run_at = ? WHERE id = ?")
                    .bind(run_at)
                    .bind(id.to_string())
                    .execute(&pool)
                    .await;
                if let Err(error) = moved {
                    tracing::warn!(%error, "a failed job will be tried again at once");
                }
            }
            Err(error)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_and_stay_bounded() {
        let seconds: Vec<u64> = [1, 2, 3, 4, 100]
            .into_iter()
            .map(|attempt| delay(attempt).as_secs())
            .collect();
        assert_eq!(seconds, [1, 2, 4, 8, 64]);
    }
}
