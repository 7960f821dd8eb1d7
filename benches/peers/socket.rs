//! How many requests does a server answer over sockets with the layers that others use, beside one without?

mod layers;

use std::process::ExitCode;

use fedimetrics_benches::Bench;
use fedimetrics_benches::request::router;
use fedimetrics_benches::socket::{Server, by_turns};
use layers::Layers;

fn main() -> ExitCode {
    let all = Layers::new();
    Bench::default()
        .readings("socket", move |scale| {
            let with = |router| Server::of(router);
            by_turns(
                scale,
                &[
                    ("socket/bare", with(router())),
                    (
                        "socket/axum-prometheus",
                        with(router().layer(all.axum_prometheus.clone())),
                    ),
                    (
                        "socket/axum-metrics",
                        with(router().layer(all.axum_metrics.clone())),
                    ),
                    (
                        "socket/axum-otel-metrics",
                        with(router().layer(all.axum_otel_metrics.clone())),
                    ),
                    (
                        "socket/opentelemetry-instrumentation-tower",
                        with(router().layer(all.opentelemetry.clone())),
                    ),
                    ("socket/TraceLayer", with(router().layer(all.trace.clone()))),
                ],
            )
        })
        .main()
}
