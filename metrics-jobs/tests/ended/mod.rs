//! One attempt of one job on an exporter of its own, and what a scrape says of its end.

use std::time::Duration;

use fedimetrics_core::Exporter;
use fedimetrics_core::testing::Scrape;
use fedimetrics_jobs::Job;

use crate::law;

pub(crate) static DELIVER: Job =
    Job::delivery("federation_out", "deliver").time_limit(Duration::from_secs(30));

/// A job on an exporter of its own.
pub(crate) fn on_its_own(job: &Job) -> (Exporter, Job) {
    let exporter = Exporter::builder().watch(job).build().unwrap();
    let job = job.on(&exporter);
    (exporter, job)
}

/// Checks that one attempt ended, in this and nothing else.
pub(crate) fn assert_ended(exporter: &Exporter, outcome: &str, reason: Option<&str>) -> Scrape {
    let scrape = Scrape::of(exporter);
    law::assert_conserved(&scrape);
    assert_eq!(scrape.sum("job_in_flight", &[]), 0.0);
    assert_eq!(scrape.sum("job_finished_total", &[]), 1.0);
    assert_eq!(
        scrape.sum("job_finished_total", &[("outcome", outcome)]),
        1.0,
        "{outcome}"
    );
    if let Some(reason) = reason {
        let labels = &[("outcome", outcome), ("reason", reason)];
        assert_eq!(scrape.sum("job_failures_total", labels), 1.0, "{scrape:?}");
    }
    scrape
}
