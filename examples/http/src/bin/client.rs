//! A client: what a server asks of others, by what for, and why it failed.

use bytes::Bytes;
use fedimetrics_core::{Exporter, testing::Scrape};
use fedimetrics_tower::{HttpClientMetricsLayer, Purpose};
use http::{Request, StatusCode};
use http_body_util::Empty;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use tokio::net::TcpListener;
use tower::{Layer, ServiceExt};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let outgoing = HttpClientMetricsLayer::new(Purpose::Fetch);
    let exporter = Exporter::builder().watch(&outgoing).install()?;
    let client = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
    let client = outgoing.layer(client);

    // Another server, where one account has moved on.
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let there = listener.local_addr()?;
    let gone = axum::routing::get(async || StatusCode::GONE);
    let app = axum::Router::new()
        .route("/users/alice", axum::routing::get(async || "alice"))
        .route("/users/bob", gone);
    tokio::spawn(async move { axum::serve(listener, app).await });

    for path in ["/users/alice", "/users/bob"] {
        let request = Request::get(format!("http://{there}{path}")).body(Empty::new())?;
        client.clone().oneshot(request).await?;
    }
    // A third one, which is switched off, is asked for something else.
    let off = TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
    let mut request = Request::get(format!("http://{off}/nodeinfo/2.1")).body(Empty::new())?;
    request.extensions_mut().insert(Purpose::Discovery);
    assert!(client.oneshot(request).await.is_err());

    let scrape = Scrape::of(&exporter);
    for (purpose, error_type) in [
        ("fetch", ""),
        ("fetch", "http_410"),
        ("discovery", "econnrefused"),
    ] {
        let labels = [("purpose", purpose), ("error_type", error_type)];
        assert_eq!(scrape.sum("http_client_requests_total", &labels), 1.0);
    }
    Ok(())
}
