//! A job that is used before there is a recorder. In a process of its own, since there is only one recorder.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use std::io;
use std::task::{Context, Waker};

use fedimetrics_core::Exporter;
use fedimetrics_core::testing::Scrape;
use fedimetrics_jobs::{Attempt, Job};

static DELIVER: Job = Job::delivery("federation_out", "deliver");

#[test]
fn a_job_that_was_used_too_early_counts_once_there_is_a_recorder_and_an_early_attempt_ends_as_it_began()
 {
    let mut cx = Context::from_waker(Waker::noop());
    DELIVER.enqueued();
    DELIVER.start(Attempt::only()).success();
    let early = DELIVER.start(Attempt::only());
    let mut early_future = Box::pin(
        DELIVER
            .attempt(Attempt::only())
            .run(std::future::pending::<io::Result<()>>()),
    );
    assert!(early_future.as_mut().poll(&mut cx).is_pending());

    let exporter = Exporter::builder().watch(&DELIVER).install().unwrap();
    let late = DELIVER.start(Attempt::only());
    early.final_failure(&io::Error::other("too early"));
    drop(early_future);
    let scrape = Scrape::of(&exporter);
    assert_eq!(
        scrape.sum("job_in_flight", &[]),
        1.0,
        "only the late one was counted in"
    );
    assert_eq!(scrape.sum("job_finished_total", &[]), 0.0);
    assert_eq!(scrape.sum("job_failures_total", &[]), 0.0);
    assert_eq!(scrape.sum("delivery_lost_total", &[]), 0.0);

    late.success();
    DELIVER.enqueued();
    let scrape = Scrape::of(&exporter);
    assert_eq!(scrape.sum("job_in_flight", &[]), 0.0);
    assert_eq!(scrape.sum("job_enqueued_total", &[]), 1.0);
    assert_eq!(
        scrape.sum("job_finished_total", &[("outcome", "success")]),
        1.0
    );
    assert_eq!(scrape.sum("delivery_attempts_total", &[]), 1.0);
}
