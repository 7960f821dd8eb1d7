//! What does a request cost, and how much of it is our layer?

use std::process::ExitCode;

use fedimetrics_benches::request::{Hello, Identity, Meters, Minimum, drive, router};
use fedimetrics_benches::{Bench, Scenario};
use fedimetrics_core::Exporter;
use fedimetrics_tower::{HttpMetricsLayer, catalogue};
use tower_layer::Layer;

fn main() -> ExitCode {
    let ours = || HttpMetricsLayer::new().on(&exporter());
    let minimum = || Minimum::new(Meters::new(&exporter(), catalogue::ALL));
    Bench::default()
        .scenario(
            Scenario::new("fn", drive(Hello))
                .with("identity", drive(Identity::default().layer(Hello)))
                .with("ours", drive(ours().layer(Hello)))
                .with("minimum", drive(minimum().layer(Hello))),
        )
        .scenario(
            Scenario::new("axum", drive(router()))
                .with("identity", drive(router().layer(Identity::default())))
                .with("ours", drive(router().layer(ours())))
                .with("minimum", drive(router().layer(minimum()))),
        )
        .main()
}

/// One each: rows share no counters. Handles keep alive what they count in.
fn exporter() -> Exporter {
    Exporter::builder()
        .build()
        .unwrap_or_else(|error| unreachable!("{error}"))
}
