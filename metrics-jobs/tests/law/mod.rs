//! The two laws, read from a scrape as an administrator would.

use fedimetrics_core::testing::Scrape;

/// Started = Σ finished + in flight, and Σ failures = Σ finished without success; for jobs and for deliveries.
pub(crate) fn assert_conserved(scrape: &Scrape) {
    let started = scrape.sum("job_started_total", &[]);
    let finished = scrape.sum("job_finished_total", &[]);
    let in_flight = scrape.sum("job_in_flight", &[]);
    assert_eq!(
        started,
        finished + in_flight,
        "started = finished + in flight"
    );
    for (ended, failures) in [
        ("job_finished_total", "job_failures_total"),
        ("delivery_attempts_total", "delivery_attempt_failures_total"),
    ] {
        for outcome in [
            "exception",
            "final_failure",
            "discard",
            "snooze",
            "cancelled",
        ] {
            let labels = &[("outcome", outcome)];
            assert_eq!(
                scrape.sum(ended, labels),
                scrape.sum(failures, labels),
                "{failures} {outcome}"
            );
        }
        assert_eq!(
            scrape.sum(failures, &[("outcome", "success")]),
            0.0,
            "{failures}"
        );
    }
    let timed = scrape.sum("job_duration_seconds_count", &[]);
    assert_eq!(timed, finished, "every attempt that ended took its time");
}

/// What is pending, by the second law: inboxes offered, less those delivered and those lost.
pub(crate) fn pending(scrape: &Scrape) -> f64 {
    scrape.sum("delivery_offered_total", &[])
        - scrape.sum("delivery_attempts_total", &[("outcome", "success")])
        - scrape.sum("delivery_lost_total", &[])
}
