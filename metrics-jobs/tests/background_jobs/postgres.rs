//! On PostgreSQL.

use background_jobs::postgres::Storage;
use fedimetrics_core::testing::Scrape;
use fedimetrics_services::Postgres;

use crate::work::{Deliver, Plain, row, start, until};

async fn storage(postgres: &Postgres) -> Storage {
    let url = postgres.url().parse().unwrap();
    Storage::connect(url, None).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_end_of_a_job_is_counted_and_says_why() {
    let rows: [(Deliver, &str); 4] = [
        (Deliver::Succeeds, ""),
        (Deliver::Fails, "econnrefused"),
        (Deliver::Panics, "panic"),
        (Deliver::Swallows, "http_410"),
    ];
    for (work, reason) in rows {
        // Workers outlive their row, and would take what is queued after it.
        let postgres = Postgres::start();
        let failed = [("exception", reason, 1.0), ("final_failure", reason, 1.0)];
        let expected = if reason.is_empty() { &[][..] } else { &failed };
        let scrape = row(storage(&postgres).await, work, expected).await;
        // A retry waits anew, a job is as old as it is.
        let attempts = scrape.sum("job_started_total", &[]);
        assert_eq!(scrape.sum("job_wait_seconds_count", &[]), attempts);
        assert_eq!(scrape.sum("job_age_seconds_count", &[]), 1.0);
        assert!(scrape.sum("job_age_seconds_sum", &[]) < 60.0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_of_two_kinds_do_not_mix() {
    let postgres = Postgres::start();
    let (exporter, queue) = start(storage(&postgres).await);
    for _ in 0..20 {
        queue.push(Deliver::Fails).await.unwrap();
        queue.push(Plain).await.unwrap();
    }
    let over = |scrape: &Scrape| scrape.sum("job_attempts_count", &[]) == 40.0;
    let scrape = until(&exporter, over).await;
    let lost = [("how", "final_failure"), ("reason", "econnrefused")];
    assert_eq!(scrape.sum("delivery_lost_total", &lost), 20.0);
    let plain = [("worker", "plain"), ("reason", "other")];
    assert_eq!(scrape.sum("job_failures_total", &plain), 20.0);
    assert_eq!(scrape.sum("job_in_flight", &[]), 0.0);
}
