//! Fan-out: our recorder beside another one, so that a host can compare the two before it changes over.

use fedimetrics_core::{Exporter, testing::Scrape};
use fedimetrics_jobs::{Attempt, Job};
use metrics_exporter_prometheus::PrometheusBuilder;
use metrics_util::layers::FanoutBuilder;

static RESIZE: Job = Job::new("media", "resize");

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let exporter = Exporter::builder().watch(&RESIZE).build()?;
    let other = PrometheusBuilder::new().build_recorder();
    let handle = other.handle();
    metrics::set_global_recorder(
        FanoutBuilder::default()
            .add_recorder(exporter.recorder())
            .add_recorder(other)
            .build(),
    )?;

    metrics::counter!("demo_follows_total").increment(2);
    let failed = RESIZE
        .attempt(Attempt::number(1).of(5))
        .run(async { Err::<(), _>(std::io::Error::from(std::io::ErrorKind::StorageFull)) })
        .await;
    assert!(failed.is_err(), "it comes back untouched");

    let (ours, theirs) = (Scrape::of(&exporter), Scrape::parse(&handle.render()));
    for scrape in [&ours, &theirs] {
        assert_eq!(scrape.value("demo_follows_total", &[]), Some(2.0));
        assert_eq!(
            scrape.sum("job_duration_seconds_count", &[("worker", "resize")]),
            1.0
        );
    }
    // Only ours knows buckets that nobody told it, and reads 0 for what has not happened yet.
    assert!(ours.has("job_duration_seconds_bucket"));
    assert!(!theirs.has("job_duration_seconds_bucket"));
    Ok(())
}
