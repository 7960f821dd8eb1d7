//! The background-jobs hooks against the library itself, on its storage in memory and its tokio workers.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use std::io::{Error, ErrorKind};
use std::time::Duration;

use background_jobs::memory_storage::{Storage, TokioTimer};
use background_jobs::tokio::{JobQueue, WorkerConfig};
use background_jobs::{Backoff, Job as BackgroundJob, MaxRetries};
use fedimetrics_core::scope::{self, Place};
use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Exporter, Reason};
use fedimetrics_jobs::Job;
use fedimetrics_jobs::adapter::background_jobs_0_20::{JobStorage, Observed};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Deliver {
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
struct Plain;

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

fn start() -> (Exporter, JobQueue) {
    let exporter = Exporter::builder().build().unwrap();
    let jobs = [
        leaked(&Job::delivery("federation_out", "deliver"), &exporter),
        leaked(&Job::new("federation_out", "plain"), &exporter),
    ];
    let storage = JobStorage::wrap(Storage::new(TokioTimer), jobs);
    let queue = WorkerConfig::new(storage, |_| ())
        .register::<Observed<Deliver>>()
        .register::<Plain>()
        .start()
        .unwrap();
    (exporter, queue)
}

async fn until(exporter: &Exporter, is: impl Fn(&Scrape) -> bool) -> Scrape {
    for _ in 0..3_000 {
        let scrape = Scrape::of(exporter);
        if is(&scrape) {
            return scrape;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it never came to that:\n{}", exporter.render());
}

async fn row(work: Deliver, expected: &[(&str, &str, f64)]) -> Scrape {
    let (exporter, queue) = start();
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

#[tokio::test]
async fn a_success_has_a_wait_and_an_age() {
    let scrape = row(Deliver::Succeeds, &[]).await;
    assert_eq!(scrape.sum("job_wait_seconds_count", &[]), 1.0);
    assert_eq!(scrape.sum("job_age_seconds_count", &[]), 1.0);
    assert!(scrape.sum("job_age_seconds_sum", &[]) < 30.0);
}

#[tokio::test]
async fn a_job_that_is_dead_is_a_final_failure_and_says_why() {
    let failed = [
        ("exception", "econnrefused", 1.0),
        ("final_failure", "econnrefused", 1.0),
    ];
    let scrape = row(Deliver::Fails, &failed).await;
    assert_eq!(scrape.sum("job_attempts_sum", &[]), 2.0);
    let lost = [("how", "final_failure"), ("reason", "econnrefused")];
    assert_eq!(scrape.sum("delivery_lost_total", &lost), 1.0);
}

#[tokio::test]
async fn a_panic_that_the_library_catches_says_so() {
    row(
        Deliver::Panics,
        &[("exception", "panic", 1.0), ("final_failure", "panic", 1.0)],
    )
    .await;
}

#[tokio::test]
async fn the_last_outgoing_request_tells_what_a_text_does_not() {
    let failed = [
        ("exception", "http_410", 1.0),
        ("final_failure", "http_410", 1.0),
    ];
    row(Deliver::Swallows, &failed).await;
}

#[tokio::test]
async fn a_job_that_is_not_observed_fails_for_other() {
    let (exporter, queue) = start();
    queue.push(Plain).await.unwrap();
    let scrape = until(&exporter, |scrape| {
        scrape.sum("job_attempts_count", &[]) == 1.0
    })
    .await;
    let failed = [
        ("worker", "plain"),
        ("outcome", "final_failure"),
        ("reason", "other"),
    ];
    assert_eq!(scrape.sum("job_failures_total", &failed), 1.0);
}

#[tokio::test]
async fn reasons_of_jobs_that_run_side_by_side_do_not_mix() {
    let (exporter, queue) = start();
    for _ in 0..50 {
        for work in [
            Deliver::Fails,
            Deliver::Panics,
            Deliver::Succeeds,
            Deliver::Swallows,
        ] {
            queue.push(work).await.unwrap();
        }
        queue.push(Plain).await.unwrap();
    }
    let over = |scrape: &Scrape| scrape.sum("job_attempts_count", &[]) == 250.0;
    let scrape = until(&exporter, over).await;
    let lost = |reason| scrape.sum("delivery_lost_total", &[("reason", reason)]);
    assert_eq!(
        (lost("econnrefused"), lost("panic"), lost("http_410")),
        (50.0, 50.0, 50.0)
    );
    let plain = [("worker", "plain"), ("reason", "other")];
    assert_eq!(scrape.sum("job_failures_total", &plain), 50.0);
    assert_eq!(scrape.sum("job_in_flight", &[]), 0.0);
}
