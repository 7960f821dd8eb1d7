//! What does a request that a server makes cost, and how much of it is our layer?

use std::process::ExitCode;

use fedimetrics_benches::client::{Meters, Minimum};
use fedimetrics_benches::request::{Hello, Identity, drive_with};
use fedimetrics_benches::{Bench, Scenario};
use fedimetrics_core::Exporter;
use fedimetrics_tower::{HttpClientMetricsLayer, Purpose, catalogue};
use http::Method;
use tower_layer::Layer;

/// An inbox, as a client is told of it.
const INBOX: &str = "https://remote.example/users/alice/inbox";

fn main() -> ExitCode {
    let ours = || HttpClientMetricsLayer::new(Purpose::Deliver);
    let listed = || ours().with_server_addresses(["relay.example", "remote.example"]);
    let minimum = Minimum::new(Meters::new(&exporter(), catalogue::ALL));
    Bench::default()
        .scenario(
            Scenario::new("client", drive_with(Hello, Method::POST, INBOX))
                .with("identity", post(Identity::default()))
                .with("ours", post(ours().on(&exporter())))
                .with("ours-by-address", post(listed().on(&exporter())))
                .with("minimum", post(minimum)),
        )
        .main()
}

fn post<L>(layer: L) -> impl FnMut()
where
    L: Layer<Hello>,
    L::Service: tower_service::Service<
            http::Request<axum::body::Body>,
            Response = http::Response<http_body_util::Full<bytes::Bytes>>,
        >,
{
    drive_with(layer.layer(Hello), Method::POST, INBOX)
}

/// One each: rows share no counters. Handles keep alive what they count in.
fn exporter() -> Exporter {
    Exporter::builder()
        .build()
        .unwrap_or_else(|error| unreachable!("{error}"))
}
