//! `impl Service`.

use std::fmt;
use std::future::Future;
use std::task::{Context, Poll};

use apalis_core::error::BoxDynError;
use apalis_core::task::Task;
use tower_service::Service;

use crate::inside::Inside;
use crate::ledger::Ledger;

use super::future::Observed;
use super::given;
use super::layer::JobLayer;
use super::pick::Pick;

/// The service that [`JobLayer`] makes.
#[derive(Clone)]
pub struct JobService<S, P> {
    pub(super) inner: S,
    pub(super) layer: JobLayer<P>,
}

impl<S, P, Args, T> Service<Task<Args>> for JobService<S, P>
where
    S: Service<Task<Args>, Response = T, Error = BoxDynError>,
    S::Future: Future<Output = Result<T, BoxDynError>>,
    P: Pick<Args>,
{
    type Response = T;
    type Error = BoxDynError;
    type Future = Observed<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxDynError>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut task: Task<Args>) -> Self::Future {
        let (pick, settings) = (&self.layer.pick, &self.layer.settings);
        let job = pick.pick(&task);
        let attempt = given::attempt(task.ctx(), settings);
        let ledger = (settings.many && !settings.within).then(|| {
            // Which failure of an inbox is the last is known when the task's is, and not before.
            Ledger::open(job.meters().clone(), attempt.endless())
        });
        if let Some(ledger) = &ledger {
            task.inject_data(Inside::new(ledger.clone()));
        }
        let context = task.ctx().clone();
        let future = self.inner.call(task);
        Observed::new(future, job, attempt, ledger, context, settings.clone())
    }
}

impl<S, P> fmt::Debug for JobService<S, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobService")
            .field("layer", &self.layer)
            .finish_non_exhaustive()
    }
}
