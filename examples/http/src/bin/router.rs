//! The least: an axum router, a layer around it, and `/metrics` beside it.

use axum::{Router, routing::get};
use fedimetrics_core::{Access, Exporter, testing::Scrape};
use fedimetrics_tower::HttpMetricsLayer;
use http_examples::read;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let http = HttpMetricsLayer::new();
    let exporter = Exporter::builder().watch(&http).install()?;
    let app: Router = Router::new()
        .route("/users/{id}", get(async || "alice"))
        .layer(http)
        // Open to everybody: on loopback only, and in examples.
        .route_service("/metrics", exporter.endpoint(Access::open()));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async { axum::serve(listener, app).await });

    for path in ["/users/alice", "/users/bob", "/wp-login.php"] {
        read(address, path).await?;
    }

    let scrape = Scrape::parse(&read(address, "/metrics").await?);
    let requests = |route| scrape.sum("http_server_requests_total", &[("http_route", route)]);
    assert_eq!(requests("/users/{id}"), 2.0, "the template, never the path");
    assert_eq!(requests("unmatched"), 1.0, "whatever a scanner asks for");
    Ok(())
}
