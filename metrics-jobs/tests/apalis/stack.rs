//! The worker's stack of all tests, and what was counted of it.

use std::fmt;
use std::future::Future;
use std::io::{Error, ErrorKind};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use apalis::prelude::*;
use fedimetrics_core::Exporter;
use fedimetrics_core::testing::Scrape;
use fedimetrics_jobs::Job;
use fedimetrics_jobs::adapter::apalis_1::{Final, JobLayer};
use serde::{Deserialize, Serialize};

/// What a task does.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) enum Work {
    Succeed,
    Fail,
    FailOnce,
    Abort,
    Panic,
    Hang,
    RetryAfter,
    Defer,
}

pub(crate) async fn work(work: Work, attempt: apalis::prelude::Attempt) -> Result<(), BoxDynError> {
    let refused = || Error::from(ErrorKind::ConnectionRefused);
    match work {
        Work::Succeed => Ok(()),
        Work::FailOnce if attempt.current() > 1 => Ok(()),
        Work::Fail | Work::FailOnce => Err(refused().into()),
        Work::Abort => Err(AbortError::new(refused()).into()),
        Work::Panic => panic!("on purpose"),
        Work::Hang => std::future::pending().await,
        Work::RetryAfter => Err(RetryAfterError::new(refused(), Duration::from_secs(60)).into()),
        Work::Defer => Err(DeferredError::new("later").into()),
    }
}

/// Which layers a worker has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Mounted {
    Outside,
    Both,
    Within,
}

impl Mounted {
    pub(crate) fn outer(self, job: &'static Job, rule: &Final) -> Option<JobLayer> {
        (self != Self::Within).then(|| JobLayer::new(job).with_final(rule.clone()))
    }

    pub(crate) fn inner(self, job: &'static Job) -> Option<JobLayer> {
        (self != Self::Outside).then(|| JobLayer::new(job).attempts())
    }
}

/// Runs a worker with one retry in its process until what was seen of it will do.
macro_rules! run {
    ($backend:expr, $mounted:expr, $job:expr, $rule:expr, $until:expr) => {{
        use apalis::layers::WorkerBuilderExt as _;
        let worker = WorkerBuilder::new($crate::stack::name())
            .backend($backend)
            .option_layer($mounted.outer($job, &$rule))
            .retry(apalis::layers::retry::RetryPolicy::retries(1))
            .catch_panic()
            .timeout(std::time::Duration::from_millis(150))
            .option_layer($mounted.inner($job))
            .build($crate::stack::work);
        tokio::select! {
            ended = worker.run() => panic!("the worker ended: {ended:?}"),
            () = $until => {}
        }
    }};
}
pub(crate) use run;

/// No two workers of one database share a name.
pub(crate) fn name() -> String {
    static WORKERS: AtomicU32 = AtomicU32::new(0);
    format!("worker-{}", WORKERS.fetch_add(1, Ordering::Relaxed))
}

/// An exporter, and a delivery that records there.
pub(crate) fn observed() -> (Exporter, &'static Job) {
    static DELIVER: Job = Job::delivery("federation_out", "deliver");
    let exporter = Exporter::builder().build().unwrap();
    let job = Box::leak(Box::new(DELIVER.on(&exporter)));
    (exporter, job)
}

/// Waits until so many attempts have ended, and are what they should be.
pub(crate) async fn ended(exporter: &Exporter, expected: &str) {
    let seen = || Seen::of(exporter).to_string();
    let waited = until(async || seen() == expected).await;
    assert!(waited, "expected: {expected}\nseen: {}", seen());
}

/// Whether it comes true within a time that only a failing test takes.
pub(crate) async fn until<F: Future<Output = bool>>(mut is: impl FnMut() -> F) -> bool {
    for _ in 0..3_000 {
        if is().await {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    false
}

/// Which attempts ended how, for which reason; and how many attempts the jobs took that are over.
pub(crate) struct Seen {
    scrape: Scrape,
}

impl Seen {
    pub(crate) fn of(exporter: &Exporter) -> Self {
        Self {
            scrape: Scrape::of(exporter),
        }
    }

    /// Both laws, at rest.
    pub(crate) fn check(&self) {
        let sum = |name, labels: &[(&str, &str)]| self.scrape.sum(name, labels);
        let success = [("outcome", "success")];
        let (started, finished) = (
            sum("job_started_total", &[]),
            sum("job_finished_total", &[]),
        );
        assert_eq!(started, finished + sum("job_in_flight", &[]));
        assert_eq!(sum("job_in_flight", &[]), 0.0);
        let failures = sum("job_failures_total", &[]);
        assert_eq!(failures, finished - sum("job_finished_total", &success));
        let over = sum("delivery_attempts_total", &success) + sum("delivery_lost_total", &[]);
        let offered = sum("delivery_offered_total", &[]);
        assert!(over <= offered, "{over} of {offered} inboxes");
        let terminal = sum("job_attempts_count", &[]);
        assert_eq!(terminal, over, "each inbox is over once");
    }

    pub(crate) fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        self.scrape.sum(name, labels)
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let success = self.sum("job_finished_total", &[("outcome", "success")]);
        if success > 0.0 {
            write!(f, "success {success}; ")?;
        }
        for failure in self.scrape.matching("job_failures_total", &[]) {
            if failure.value > 0.0 {
                let (outcome, reason) = (&failure.labels["outcome"], &failure.labels["reason"]);
                write!(f, "{outcome} {reason} {}; ", failure.value)?;
            }
        }
        write!(f, "attempts {}", self.sum("job_attempts_sum", &[]))
    }
}
