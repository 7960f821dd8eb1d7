//! Routers within routers, around layers, and of two versions of axum in one process.

use std::future::pending;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use axum_0_8 as axum;
use fedimetrics_tower::HttpMetricsLayer;
use tokio::sync::Notify;
use tower::{Layer, ServiceExt};

use crate::support::{PATIENCE, Server, Version};

/// One request to a path, and the route that it was counted under.
async fn counted(server: &Server, version: Version, path: &str, route: &str) {
    server.client(version).await.read("GET", path).await;
    server.one_ended("ok").await;
    let labels = [("http_route", route)];
    assert_eq!(
        server.sum("http_server_requests_total", &labels),
        1.0,
        "{version:?}: {:#?}",
        server.scrape()
    );
}

#[tokio::test]
async fn a_nested_router_has_the_whole_template() {
    for version in Version::BOTH {
        let inner = Router::new().route("/statuses/{id}", get(async || "hello"));
        let routes = Router::new().nest("/api", Router::new().nest("/v1", inner));
        let server = Server::routes(routes).await;
        counted(
            &server,
            version,
            "/api/v1/statuses/7",
            "/api/v1/statuses/{id}",
        )
        .await;
    }
}

#[tokio::test]
async fn behind_nest_service_the_inner_layer_publishes_the_whole_template() {
    for version in Version::BOTH {
        let server = Server::start(|layer| {
            let inner = Router::new()
                .route("/statuses/{id}", get(async || "hello"))
                .layer(layer.clone());
            Router::new().nest_service("/api/v1", inner).layer(layer)
        })
        .await;
        counted(
            &server,
            version,
            "/api/v1/statuses/7",
            "/api/v1/statuses/{id}",
        )
        .await;
        let surface = [("surface", "client_api"), ("outcome", "ok")];
        assert_eq!(server.sum("http_server_outcomes_total", &surface), 1.0);
    }
}

#[tokio::test]
async fn behind_nest_service_without_a_layer_there_is_one_word_and_no_path() {
    let server = Server::start(|layer| {
        let inner = Router::new().route("/statuses/{id}", get(async || "hello"));
        Router::new().nest_service("/api/v1", inner).layer(layer)
    })
    .await;
    counted(&server, Version::H1, "/api/v1/statuses/7", "unmatched").await;
}

#[tokio::test]
async fn around_a_router_its_own_layer_publishes() {
    for version in Version::BOTH {
        let server = Server::start(|layer| {
            let router = Router::new()
                .route("/users/{id}", get(async || "hello"))
                .route_layer(layer.clone());
            Router::new().fallback_service(layer.layer(router))
        })
        .await;
        counted(&server, version, "/users/alice", "/users/{id}").await;
    }
}

#[tokio::test]
async fn a_published_route_stands_also_where_the_request_is_cancelled() {
    for version in Version::BOTH {
        let begun = Arc::new(Notify::new());
        let notify = begun.clone();
        let server = Server::start(|layer| {
            let handler = async move || {
                notify.notify_one();
                pending::<()>().await;
            };
            let inner = Router::new()
                .route("/inbox", get(handler))
                .layer(layer.clone());
            Router::new()
                .nest_service("/users/alice", inner)
                .layer(layer)
        })
        .await;
        let mut client = server.client(version).await;
        let asking = tokio::spawn(async move { client.send("GET", "/users/alice/inbox").await });
        tokio::time::timeout(PATIENCE, begun.notified())
            .await
            .unwrap();
        asking.abort();
        server.one_ended("cancelled").await;
        let labels = [
            ("http_route", "/users/alice/inbox"),
            ("surface", "federation"),
            ("error_type", "cancelled"),
        ];
        assert_eq!(
            server.sum("http_server_requests_total", &labels),
            1.0,
            "{version:?}"
        );
    }
}

#[tokio::test]
async fn axum_0_7_spells_its_routes_as_0_8_does() {
    for version in Version::BOTH {
        for (template, path, route) in [
            ("/users/:id", "/users/alice", "/users/{id}"),
            ("/media/*path", "/media/a/b.png", "/media/{*path}"),
            ("/plain", "/plain", "/plain"),
        ] {
            let server = Server::start(|layer| old(layer, template)).await;
            counted(&server, version, path, route).await;
        }
    }
}

/// A router of axum 0.7 with the layer around its routes, served by one of 0.8.
fn old(layer: HttpMetricsLayer, template: &str) -> Router {
    let routes = axum_0_7::Router::new()
        .route(template, axum_0_7::routing::get(|| async { "hello" }))
        .layer(layer);
    let service = ServiceExt::<axum::extract::Request>::map_response(routes, |response| {
        response.map(axum::body::Body::new)
    });
    Router::new().fallback_service(service)
}

#[tokio::test]
async fn both_versions_of_axum_share_one_layer() {
    let server = Server::start(|layer| {
        let new = Router::new()
            .route("/users/{id}", get(async || "hello"))
            .layer(layer.clone());
        new.nest_service("/old", old(layer, "/old/users/:id"))
            .route("/unused", get(async || "hello"))
    })
    .await;
    let mut client = server.client(Version::H1).await;
    client.read("GET", "/users/alice").await;
    let route = [("http_route", "/users/{id}"), ("outcome", "ok")];
    assert_eq!(server.sum("http_server_requests_total", &route[..1]), 1.0);
    assert_eq!(server.sum("http_server_outcomes_total", &route[1..]), 1.0);
}
