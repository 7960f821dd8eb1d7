//! The jobs that are run, and what they must come to whichever storage they wait in.

use std::io::{Error, ErrorKind};
use std::time::Duration;

use background_jobs::tokio::{JobQueue, WorkerConfig};
use background_jobs::{Backoff, Job as BackgroundJob, MaxRetries};
use background_jobs_core::Storage;
use fedimetrics_core::scope::{self, Place};
use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Exporter, Reason};
use fedimetrics_jobs::Job;
use fedimetrics_jobs::adapter::background_jobs_0_20::{JobStorage, Observed};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) enum Deliver {
    Succeeds,
    Fails,
    Panics,
    Swallows,
}

impl BackgroundJob for Deliver {
    type State = ();
    type Error = Error;
    const NAME: &'static str = "deliver";
    const QUEUE: &'static str = "federation_out";
    const MAX_RETRIES: MaxRetries = MaxRetries::Count(1);
    const BACKOFF: Backoff = Backoff::Linear(0);

    async fn run(self, (): ()) -> Result<(), Error> {
        // Other tasks of the thread come in between.
        tokio::task::yield_now().await;
        match self {
            Self::Succeeds => Ok(()),
            Self::Fails => Err(Error::from(ErrorKind::ConnectionRefused)),
            Self::Panics => panic!("on purpose"),
            Self::Swallows => {
                assert!(matches!(scope::place(), Place::Worker(_)));
                scope::note(Some(Reason::http(410)));
                Err(Error::other("some text"))
            }
        }
    }
}

/// Another kind, which nobody registers with [`Observed`].
#[derive(Serialize, Deserialize)]
pub(crate) struct Plain;

impl BackgroundJob for Plain {
    type State = ();
    type Error = Error;
    const NAME: &'static str = "plain";
    const QUEUE: &'static str = "federation_out";
    const MAX_RETRIES: MaxRetries = MaxRetries::Count(0);

    async fn run(self, (): ()) -> Result<(), Error> {
        Err(Error::from(ErrorKind::ConnectionRefused))
    }
}

fn leaked(job: &Job, exporter: &Exporter) -> &'static Job {
    Box::leak(Box::new(job.on(exporter)))
}

/// Workers on this storage, and the exporter that is told what becomes of its jobs.
pub(crate) fn start<S>(storage: S) -> (Exporter, JobQueue)
where
    S: Storage + Clone + Send + Sync + 'static,
{
    let exporter = Exporter::builder().build().unwrap();
    let jobs = [
        leaked(&Job::delivery("federation_out", "deliver"), &exporter),
        leaked(&Job::new("federation_out", "plain"), &exporter),
    ];
    let queue = WorkerConfig::new(JobStorage::wrap(storage, jobs), |_| ())
        .register::<Observed<Deliver>>()
        .register::<Plain>()
        .start()
        .unwrap();
    (exporter, queue)
}

pub(crate) async fn until(exporter: &Exporter, is: impl Fn(&Scrape) -> bool) -> Scrape {
    for _ in 0..3_000 {
        let scrape = Scrape::of(exporter);
        if is(&scrape) {
            return scrape;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it never came to that:\n{}", exporter.render());
}

/// One job of its own, which fails in these ways, so often each.
pub(crate) async fn row<S>(storage: S, work: Deliver, expected: &[(&str, &str, f64)]) -> Scrape
where
    S: Storage + Clone + Send + Sync + 'static,
{
    let (exporter, queue) = start(storage);
    queue.push(work).await.unwrap();
    let scrape = until(&exporter, |scrape| {
        scrape.sum("job_attempts_count", &[]) == 1.0
    })
    .await;
    for (outcome, reason, count) in expected {
        let labels = [("outcome", *outcome), ("reason", *reason)];
        assert_eq!(
            scrape.sum("job_failures_total", &labels),
            *count,
            "{outcome} {reason}"
        );
    }
    let sum = |name| scrape.sum(name, &[]);
    let expected: f64 = expected.iter().map(|(_, _, count)| count).sum();
    assert_eq!(sum("job_failures_total"), expected);
    assert_eq!(
        sum("job_started_total"),
        sum("job_finished_total") + sum("job_in_flight")
    );
    let delivered = scrape.sum("delivery_attempts_total", &[("outcome", "success")]);
    assert_eq!(
        sum("delivery_offered_total"),
        delivered + sum("delivery_lost_total")
    );
    scrape
}
