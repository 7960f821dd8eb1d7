//! What does a request cost, and how much of it is our layer?

use std::process::ExitCode;

use fedimetrics_benches::request::{
    Hello, Identity, Meters, Minimum, drive, hostile, router, served, two_threads,
};
use fedimetrics_benches::{Bench, Scale, Scenario};
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
            Scenario::new("axum", drive(served(router())))
                .with(
                    "identity",
                    drive(served(router().layer(Identity::default()))),
                )
                .with("ours", drive(served(router().layer(ours()))))
                .with("minimum", drive(served(router().layer(minimum())))),
        )
        .reading("fn-2t/bare", |scale| two_threads(scale, || drive(Hello)))
        .reading("fn-2t/ours", move |scale| {
            let ours = ours();
            two_threads(scale, || drive(ours.layer(Hello)))
        })
        .reading("fn-2t/minimum", move |scale| {
            let minimum = minimum();
            two_threads(scale, || drive(minimum.layer(Hello)))
        })
        .reading("axum-2t/bare", |scale| {
            two_threads(scale, || drive(served(router())))
        })
        .reading("axum-2t/ours", move |scale| {
            let ours = ours();
            two_threads(scale, || drive(served(router().layer(ours.clone()))))
        })
        .reading("axum-2t/minimum", move |scale| {
            let minimum = minimum();
            two_threads(scale, || drive(served(router().layer(minimum.clone()))))
        })
        .reading("hostile-1m/ours", |scale| {
            let exporter = exporter();
            let ours = HttpMetricsLayer::new().on(&exporter);
            let mut service = served(router().layer(ours));
            // What is made once, for each method that is known and each way to end, is made now.
            let _ = hostile(Scale::Whole, 1_000, &mut service);
            let series = || exporter.render().lines().count();
            let before = series();
            let row = hostile(scale, 1_000_000, &mut service);
            assert_eq!(series(), before, "strangers have made series");
            row
        })
        .main()
}

/// One each: rows share no counters. Handles keep alive what they count in.
fn exporter() -> Exporter {
    Exporter::builder()
        .build()
        .unwrap_or_else(|error| unreachable!("{error}"))
}
