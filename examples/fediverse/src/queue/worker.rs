//! A worker: takes the jobs of one queue, runs them, and is built anew should it end early.

use std::{sync::Arc, time::Duration};

use apalis::prelude::{
    AbortError, BackendExt, BoxDynError, Task, WorkerBuilder, WorkerBuilderExt, WorkerContext,
    WorkerError,
};
use fedimetrics_jobs::Inside;
use fedimetrics_jobs::adapter::apalis_1::{By, Final, JobLayer};
use futures_util::future::BoxFuture;
use tokio_util::sync::CancellationToken;
use tower::Service;

use super::{Attempt, Job, Queue, backoff::BackoffLayer, enqueue::storage, run::run};
use crate::App;

/// How long the jobs that run may go on once the server ends.
pub const GRACE: Duration = Duration::from_secs(4);

/// Works a queue off until `stop`; then running jobs get [`GRACE`], and what is left is dropped.
pub async fn work(app: Arc<App>, queue: Queue, stop: CancellationToken) {
    let mut life = 0_u32;
    while !stop.is_cancelled() {
        // Two workers of one name must not live within one heartbeat of each other, so every life has its own.
        let name = format!("{}-{:08x}-{life}", queue.name(), app.run);
        let context = WorkerContext::new(&name);
        let mut worker = live(&app, queue, &context);
        tokio::select! {
            ended = &mut worker => {
                tracing::warn!(name, ?ended, "a worker ended early and is built anew");
                tokio::time::sleep(queue.look()).await;
            }
            () = stop.cancelled() => {
                // A worker that has not started yet has nothing to stop, and is simply dropped.
                if context.stop().is_ok() && tokio::time::timeout(GRACE, worker).await.is_err() {
                    tracing::info!(name, jobs = context.task_count(), "running jobs are dropped");
                }
                return;
            }
        }
        life = life.wrapping_add(1);
    }
}

/// Which job a task is observed as.
type Pick = fn(&Task<Job>) -> &'static fedimetrics_jobs::Job;

/// Observes every job as what it says that it is.
pub fn observed() -> JobLayer<By<Pick>> {
    let pick: Pick = |task| task.args.observed();
    JobLayer::picking(pick)
        .with_final(Final::sqlite())
        .with_inboxes()
}

/// Runs a job.
#[must_use]
pub fn handler(
    app: &Arc<App>,
) -> impl Service<
    Task<Job>,
    Response = (),
    Error = BoxDynError,
    Future = impl Future<Output = Result<(), BoxDynError>> + Send + 'static,
> + Clone
+ Send
+ 'static {
    let shared = Arc::clone(app);
    tower::service_fn(move |task: Task<Job>| {
        let app = Arc::clone(&shared);
        async move {
            let (job, context) = task.take();
            let observed = context.data().get::<Inside>();
            let result = run(&app, job, Attempt::of(&context), observed).await;
            result.map_err(|error| -> BoxDynError {
                if error.gives_up() {
                    Box::new(AbortError::new(error))
                } else {
                    Box::new(error)
                }
            })
        }
    })
}

/// One life of the worker: the one place where a worker and its layers are put together.
fn live(
    app: &Arc<App>,
    queue: Queue,
    context: &WorkerContext,
) -> BoxFuture<'static, Result<(), WorkerError>> {
    let worker = WorkerBuilder::new(context)
        .backend(storage(&app.pool, queue).poll_with_interval(queue.look()))
        .concurrency(queue.concurrency())
        .layer(observed())
        .layer(BackoffLayer::new(app.pool.clone()))
        .build(handler(app));
    Box::pin(worker.run())
}
