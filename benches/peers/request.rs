//! What does a request cost with the layers that others use, beside the same request without?

mod layers;

use std::process::ExitCode;

use fedimetrics_benches::request::{Hello, drive, hostile, router, served, two_threads};
use fedimetrics_benches::{Bench, Scenario};
use layers::Layers;
use tower_layer::Layer as _;

fn main() -> ExitCode {
    let all = Layers::new();
    let fn_scenario = Scenario::new("fn", drive(Hello))
        .with("axum-prometheus", drive(all.axum_prometheus.layer(Hello)))
        .with("axum-metrics", drive(all.axum_metrics.layer(Hello)))
        .with(
            "axum-otel-metrics",
            drive(all.axum_otel_metrics.layer(Hello)),
        )
        .with(
            "opentelemetry-instrumentation-tower",
            drive(all.opentelemetry.layer(Hello)),
        )
        .with("TraceLayer", drive(all.trace.layer(Hello)));
    let axum_scenario = Scenario::new("axum", drive(served(router())))
        .with(
            "axum-prometheus",
            drive(served(router().layer(all.axum_prometheus.clone()))),
        )
        .with(
            "axum-metrics",
            drive(served(router().layer(all.axum_metrics.clone()))),
        )
        .with(
            "axum-otel-metrics",
            drive(served(router().layer(all.axum_otel_metrics.clone()))),
        )
        .with(
            "opentelemetry-instrumentation-tower",
            drive(served(router().layer(all.opentelemetry.clone()))),
        )
        .with(
            "TraceLayer",
            drive(served(router().layer(all.trace.clone()))),
        );
    let prometheus = all.axum_prometheus.clone();
    let metrics = all.axum_metrics.clone();
    let otel = all.axum_otel_metrics.clone();
    let tower = all.opentelemetry.clone();
    let scanned = all.axum_prometheus.clone();
    Bench::default()
        .scenario(fn_scenario)
        .scenario(axum_scenario)
        .reading("fn-2t/axum-prometheus", move |scale| {
            two_threads(scale, || drive(prometheus.layer(Hello)))
        })
        .reading("fn-2t/axum-metrics", move |scale| {
            two_threads(scale, || drive(metrics.layer(Hello)))
        })
        .reading("fn-2t/axum-otel-metrics", move |scale| {
            two_threads(scale, || drive(otel.layer(Hello)))
        })
        .reading("fn-2t/opentelemetry-instrumentation-tower", move |scale| {
            two_threads(scale, || drive(tower.layer(Hello)))
        })
        // A tenth of what ours gets: a million would not fit into the memory of a small machine.
        .reading("hostile-100k/axum-prometheus", move |scale| {
            let mut service = served(router().layer(scanned.clone()));
            hostile(scale, 100_000, &mut service)
        })
        .main()
}
