//! Buckets: a host that keeps `metrics-exporter-prometheus` gets our histograms with our buckets, helps and units.

use fedimetrics_core::{describe, prometheus, testing::Scrape};
use fedimetrics_jobs::{Attempt, Job};
use metrics_exporter_prometheus::PrometheusBuilder;

static RESIZE: Job = Job::new("media", "resize");

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Buckets before it is built…
    let mut builder = PrometheusBuilder::new();
    for catalogue in [
        fedimetrics_core::catalogue::ALL,
        fedimetrics_tower::catalogue::ALL,
        fedimetrics_jobs::catalogue::ALL,
    ] {
        builder = prometheus::with_buckets(builder, catalogue)?;
    }
    let handle = builder.install_recorder()?;
    // …and what the numbers mean once it is there.
    describe(fedimetrics_jobs::catalogue::ALL);

    RESIZE.enqueued();
    let done: Result<(), std::io::Error> = RESIZE
        .attempt(Attempt::number(1).of(5))
        .run(async { Ok(()) })
        .await;
    done?;

    let text = handle.render();
    let duration = fedimetrics_jobs::catalogue::ALL
        .iter()
        .find(|metric| metric.name() == "job_duration_seconds")
        .ok_or("jobs are timed")?;
    assert!(
        text.contains("# TYPE job_duration_seconds histogram\n"),
        "not a summary"
    );
    assert!(text.contains(&format!(
        "# HELP job_duration_seconds {}\n",
        duration.help()
    )));
    let scrape = Scrape::parse(&text);
    let buckets = scrape.matching("job_duration_seconds_bucket", &[("worker", "resize")]);
    assert_eq!(
        buckets.count(),
        duration.buckets().len() + 1,
        "ours, and +Inf"
    );
    assert_eq!(
        scrape.sum("job_duration_seconds_count", &[("worker", "resize")]),
        1.0
    );
    // In a server, a thread does this every few seconds: without it, observations pile up between two scrapes.
    handle.run_upkeep();
    Ok(())
}
