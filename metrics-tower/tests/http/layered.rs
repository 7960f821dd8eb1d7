//! Layers around layers, and routes that only an inner router knows.

use axum::Router;
use axum::routing::get;
use axum_0_8 as axum;
use fedimetrics_tower::HttpMetricsLayer;
use tower::Layer;

use crate::support::{Server, Version};

#[tokio::test]
async fn a_layer_that_is_applied_twice_counts_once() {
    for version in Version::BOTH {
        let routes = Router::new().route("/", get(|| async { "hello" }));
        let server = Server::start(|layer| routes.layer(layer.clone()).layer(layer)).await;
        server.client(version).await.read("GET", "/").await;
        server.one_ended("ok").await;
    }
}

#[tokio::test]
async fn a_layer_of_another_exporter_within_passes_through() {
    let inner = fedimetrics_core::Exporter::builder().build().unwrap();
    let routes = Router::new()
        .route("/", get(|| async { "hello" }))
        .layer(HttpMetricsLayer::new().on(&inner));
    let server = Server::start(|layer| routes.layer(layer)).await;
    server.client(Version::H1).await.read("GET", "/").await;
    server.one_ended("ok").await;
    assert!(!inner.render().contains("http_server_requests_total"));
}

#[tokio::test]
async fn an_inner_layer_tells_the_outer_one_its_route() {
    for version in Version::BOTH {
        let server = Server::start(|layer| {
            let inner = Router::new()
                .route("/api/v1/statuses/{id}", get(|| async { "hello" }))
                .layer(layer.clone());
            // To a router around a service no template is known.
            Router::new().fallback_service(layer.layer(inner))
        })
        .await;
        server
            .client(version)
            .await
            .read("GET", "/api/v1/statuses/7")
            .await;
        server.one_ended("ok").await;
        let labels = [
            ("http_route", "/api/v1/statuses/{id}"),
            ("surface", "client_api"),
        ];
        let scrape = server.scrape();
        assert_eq!(
            scrape.value("http_server_requests_total", &labels),
            Some(1.0)
        );
        let mut active = scrape.matching("http_server_active_requests", &[]);
        assert!(
            active.all(|line| line.value == 0.0),
            "lowered where it was raised: {scrape:#?}"
        );
    }
}
