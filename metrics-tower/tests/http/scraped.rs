//! Scrapes are not traffic.

use axum::Router;
use axum::routing::get;
use axum_0_8 as axum;
use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Access, Exporter};
use fedimetrics_tower::HttpMetricsLayer;
use tokio::net::TcpListener;

use crate::support::{Server, Version};

#[tokio::test]
async fn a_scrape_neither_counts_nor_shows_up_in_itself() {
    for version in Version::BOTH {
        let exporter = Exporter::builder()
            .watch(&HttpMetricsLayer::new())
            .build()
            .unwrap();
        let app = Router::new()
            .route("/", get(|| async { "hello" }))
            .route_service("/metrics", exporter.endpoint(Access::open()))
            .layer(HttpMetricsLayer::new().on(&exporter));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });
        let server = Server { address, exporter };
        let mut client = server.client(version).await;
        client.read("GET", "/").await;
        for _ in 0..2 {
            let text = client.read("GET", "/metrics").await.body;
            let scrape = Scrape::parse(std::str::from_utf8(&text).unwrap());
            assert_eq!(
                scrape.sum("http_server_active_requests", &[]),
                0.0,
                "{version:?}"
            );
            assert_eq!(
                scrape.sum("http_server_outcomes_total", &[]),
                1.0,
                "{version:?}"
            );
            assert_eq!(
                scrape.sum("http_server_requests_total", &[]),
                1.0,
                "{version:?}"
            );
        }
        server.one_ended("ok").await;
        assert_eq!(
            server
                .scrape()
                .value("exporter_scrapes_total", &[("code", "200")]),
            Some(2.0)
        );
    }
}
