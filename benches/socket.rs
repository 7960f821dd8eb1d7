//! How many requests does a server answer over sockets, and how many fewer with our layer?

use std::process::ExitCode;

use fedimetrics_benches::Bench;
use fedimetrics_benches::request::{Meters, Minimum, router};
use fedimetrics_benches::socket::{Server, by_turns};
use fedimetrics_core::Exporter;
use fedimetrics_tower::{HttpMetricsLayer, catalogue};

fn main() -> ExitCode {
    Bench::default()
        .readings("socket", |scale| {
            let ours = HttpMetricsLayer::new().on(&exporter());
            let minimum = Minimum::new(Meters::new(&exporter(), catalogue::ALL));
            by_turns(
                scale,
                &[
                    ("socket/bare", Server::of(router())),
                    ("socket/ours", Server::of(router().layer(ours))),
                    ("socket/minimum", Server::of(router().layer(minimum))),
                ],
            )
        })
        .main()
}

/// One each: rows share no counters. Handles keep alive what they count in.
fn exporter() -> Exporter {
    Exporter::builder()
        .build()
        .unwrap_or_else(|error| unreachable!("{error}"))
}
