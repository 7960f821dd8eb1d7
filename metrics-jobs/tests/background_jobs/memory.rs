//! In memory.

use background_jobs::memory_storage::{Storage, TokioTimer};
use fedimetrics_core::testing::Scrape;

use crate::work::{Deliver, Plain, row, start, until};

fn storage() -> Storage<TokioTimer> {
    Storage::new(TokioTimer)
}

#[tokio::test]
async fn a_success_has_a_wait_and_an_age() {
    let scrape = row(storage(), Deliver::Succeeds, &[]).await;
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
    let scrape = row(storage(), Deliver::Fails, &failed).await;
    assert_eq!(scrape.sum("job_attempts_sum", &[]), 2.0);
    let lost = [("how", "final_failure"), ("reason", "econnrefused")];
    assert_eq!(scrape.sum("delivery_lost_total", &lost), 1.0);
}

#[tokio::test]
async fn a_panic_that_the_library_catches_says_so() {
    row(
        storage(),
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
    row(storage(), Deliver::Swallows, &failed).await;
}

#[tokio::test]
async fn a_job_that_is_not_observed_fails_for_other() {
    let (exporter, queue) = start(storage());
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
    let (exporter, queue) = start(storage());
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
