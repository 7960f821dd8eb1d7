//! One test for each way in which an attempt can be ended: dropped, aborted, torn down by a panic.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

mod ended;
mod law;

use std::future::{pending, ready};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use ended::{DELIVER, assert_ended, on_its_own};
use fedimetrics_core::Reason;
use fedimetrics_core::scope::{self, Place};
use fedimetrics_core::testing::Scrape;
use fedimetrics_jobs::Attempt;

#[tokio::test]
async fn a_panic_is_counted_when_it_happens_wherever_it_is_caught() {
    for (attempt, outcome) in [(1, "exception"), (3, "final_failure")] {
        let (exporter, job) = on_its_own(&DELIVER);
        let work = async {
            if attempt > 0 {
                panic!("within");
            }
            Ok::<(), io::Error>(())
        };
        let mut future = Box::pin(job.attempt(Attempt::number(attempt).of(3)).run(work));
        let caught = catch_unwind(AssertUnwindSafe(|| {
            let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
            let _ = future.as_mut().poll(&mut cx);
        }));
        assert!(caught.is_err());
        let scrape = assert_ended(&exporter, outcome, Some("panic"));
        let lost = f64::from(u8::from(attempt == 3));
        assert_eq!(
            scrape.sum(
                "delivery_lost_total",
                &[("reason", "panic"), ("blame", "us")]
            ),
            lost
        );
        drop(future);
        assert_ended(&exporter, outcome, Some("panic"));
        assert_eq!(scope::place(), Place::Nowhere);
    }
}

#[tokio::test]
async fn a_closure_that_panics_while_deciding_is_a_panic() {
    let (exporter, job) = on_its_own(&DELIVER);
    let failed = ready(Err::<(), _>(Reason::Timeout));
    let run = job
        .attempt(Attempt::number(1))
        .run_deciding(failed, |_| panic!("deciding"));
    let joined = tokio::spawn(run).await;
    assert!(joined.unwrap_err().is_panic());
    assert_ended(&exporter, "exception", Some("panic"));
}

#[tokio::test]
async fn a_task_that_is_aborted_is_cancelled_and_its_inbox_pending() {
    let (exporter, job) = on_its_own(&DELIVER);
    job.enqueued();
    let (started, wait) = tokio::sync::oneshot::channel();
    let run = job.attempt(Attempt::number(3).of(3)).run(async {
        let _ = started.send(());
        pending::<Result<(), io::Error>>().await
    });
    let task = tokio::spawn(run);
    wait.await.unwrap();
    assert_eq!(Scrape::of(&exporter).sum("job_in_flight", &[]), 1.0);
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    let scrape = assert_ended(&exporter, "cancelled", Some("shutdown"));
    assert_eq!(law::pending(&scrape), 1.0);
}

#[test]
fn an_attempt_that_a_foreign_panic_drops_is_cancelled() {
    let (exporter, job) = on_its_own(&DELIVER);
    let mut future = Box::pin(
        job.attempt(Attempt::only())
            .run(pending::<Result<(), io::Error>>()),
    );
    let caught = catch_unwind(AssertUnwindSafe(move || {
        let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(future.as_mut().poll(&mut cx).is_pending());
        panic!("elsewhere");
    }));
    assert!(caught.is_err());
    assert_ended(&exporter, "cancelled", Some("shutdown"));
}

#[test]
fn what_is_never_polled_never_began() {
    let (exporter, job) = on_its_own(&DELIVER);
    drop(
        job.attempt(Attempt::number(1))
            .run(ready(Ok::<(), io::Error>(()))),
    );
    let scrape = Scrape::of(&exporter);
    assert_eq!(scrape.sum("job_started_total", &[]), 0.0);
    assert_eq!(scrape.sum("job_finished_total", &[]), 0.0);
}

#[test]
fn the_bare_guard_is_cancelled_when_it_is_dropped_and_a_panics_failure_when_it_unwinds() {
    let (exporter, job) = on_its_own(&DELIVER);
    drop(job.start(Attempt::number(1)));
    assert_ended(&exporter, "cancelled", Some("shutdown"));

    for (attempt, outcome) in [
        (Attempt::number(1).of(3), "exception"),
        (Attempt::remaining(0), "final_failure"),
    ] {
        let (exporter, job) = on_its_own(&DELIVER);
        let caught = catch_unwind(AssertUnwindSafe(|| {
            let _run = job.start(attempt);
            panic!("within");
        }));
        assert!(caught.is_err());
        assert_ended(&exporter, outcome, Some("panic"));
    }
}
