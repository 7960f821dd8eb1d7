//! What does a request cost with the layers that others use, beside the same request without?

use std::process::ExitCode;

use axum_prometheus::PrometheusMetricLayer;
use fedimetrics_benches::request::{drive, router};
use fedimetrics_benches::{Bench, Scenario};
use tokio::runtime::Runtime;

fn main() -> ExitCode {
    // Its exporter keeps itself small in a task of its own.
    let runtime = Runtime::new().unwrap_or_else(|error| unreachable!("{error}"));
    let _runtime = runtime.enter();
    // As its documentation says to begin: a layer, and an exporter behind it that is the process's recorder.
    let (layer, _handle) = PrometheusMetricLayer::pair();
    Bench::default()
        .scenario(
            Scenario::new("axum", drive(router()))
                .with("axum-prometheus", drive(router().layer(layer))),
        )
        .main()
}
