//! What does a task cost with apalis' own layer for Prometheus, beside the same task without?

use std::process::ExitCode;

use apalis::layers::prometheus::PrometheusLayer;
use fedimetrics_benches::job::{Succeeds, drive};
use fedimetrics_benches::{Bench, Scenario};
use metrics_exporter_prometheus::PrometheusBuilder;
use tower::Layer;

fn main() -> ExitCode {
    // Buckets are set: without, each recording is kept until somebody scrapes.
    let recorder = PrometheusBuilder::new()
        .set_buckets(&[0.001, 0.01, 0.1, 1.0, 10.0, 60.0])
        .unwrap_or_else(|error| unreachable!("{error}"))
        .build_recorder();
    metrics::set_global_recorder(recorder).unwrap_or_else(|error| unreachable!("{error}"));
    Bench::default()
        .scenario(Scenario::new("apalis", drive(Succeeds)).with(
            "prometheus-layer",
            drive(PrometheusLayer::default().layer(Succeeds)),
        ))
        .main()
}
