//! `impl Layer`.

use std::fmt;

use apalis_core::task::Task;
use tower_layer::Layer;

use crate::job::Job;

use super::finality::Final;
use super::pick::By;
use super::service::JobService;

/// Observes the tasks of a worker as attempts at a [`Job`]. See the [module](super) for where it belongs.
#[derive(Clone)]
#[must_use = "a layer does nothing before a worker has it"]
pub struct JobLayer<P = &'static Job> {
    pub(super) pick: P,
    pub(super) settings: Settings,
}

/// What is said on the layer.
#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    pub(super) rule: Final,
    /// Sees tries, and not what becomes of the task.
    pub(super) within: bool,
    pub(super) many: bool,
    pub(super) trusting: bool,
}

impl JobLayer {
    /// All tasks of the worker are this job.
    pub fn new(job: &'static Job) -> Self {
        Self {
            pick: job,
            settings: Settings::default(),
        }
    }
}

impl<P> JobLayer<By<P>> {
    /// For a worker with several kinds of tasks: that function knows which job one is.
    ///
    /// # Examples
    ///
    /// ```
    /// # use fedimetrics_jobs::Job;
    /// # use fedimetrics_jobs::adapter::apalis_1::JobLayer;
    /// # use apalis_core::task::Task;
    /// static DELIVER: Job = Job::delivery("federation_out", "deliver");
    /// static REFRESH: Job = Job::new("federation_out", "refresh");
    /// enum Work { Deliver, Refresh }
    ///
    /// let layer = JobLayer::picking(|task: &Task<Work>| match task.args {
    ///     Work::Deliver => &DELIVER,
    ///     Work::Refresh => &REFRESH,
    /// });
    /// # drop(layer);
    /// ```
    pub fn picking<Args>(pick: P) -> Self
    where
        P: Fn(&Task<Args>) -> &'static Job,
    {
        Self {
            pick: By(pick),
            settings: Settings::default(),
        }
    }
}

impl<P> JobLayer<P> {
    /// Which failures end a task, since that is the backend's rule. Defaults to [`Final::MaxAttempts`].
    pub fn with_final(mut self, rule: Final) -> Self {
        self.settings.rule = rule;
        self
    }

    /// Gives each task an [`Inside`](crate::Inside) as data, by which a delivery to many inboxes counts each of them. A
    /// handler takes it as an argument: `run: Data<Inside>`. Defaults to none.
    pub const fn with_inboxes(mut self) -> Self {
        self.settings.many = true;
        self
    }

    /// Believes the last outgoing request more than an `Ok`, as [`Prepared::trusting_verdict`](crate::Prepared::trusting_verdict)
    /// does. Defaults to believing the `Ok`.
    pub const fn trusting_verdict(mut self) -> Self {
        self.settings.trusting = true;
        self
    }

    /// Makes it the layer within the retries: it counts each try that another follows, and leaves the last one to the
    /// layer around them.
    pub const fn attempts(mut self) -> Self {
        self.settings.within = true;
        self
    }
}

impl<P: Clone, S> Layer<S> for JobLayer<P> {
    type Service = JobService<S, P>;

    fn layer(&self, inner: S) -> Self::Service {
        JobService {
            inner,
            layer: self.clone(),
        }
    }
}

impl<P> fmt::Debug for JobLayer<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobLayer")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
