//! gRPC: calls that fail with 200.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::routing::any;
use axum_0_8 as axum;
use bytes::Bytes;
use fedimetrics_tower::HttpMetricsLayer;
use futures_util::stream;
use http::{HeaderMap, Response};
use http_body::Frame;
use http_body_util::StreamBody;

use crate::support::{Server, Version};

fn status(code: &'static str) -> HeaderMap {
    HeaderMap::from_iter([("grpc-status".parse().unwrap(), code.parse().unwrap())])
}

/// A message, and how it went behind it.
fn in_trailers(code: &'static str) -> Response<Body> {
    let frames = [
        Frame::data(Bytes::from("message")),
        Frame::trailers(status(code)),
    ];
    let body = StreamBody::new(stream::iter(frames.map(Ok::<_, Infallible>)));
    let response = Response::builder().header("content-type", "application/grpc");
    let response = response.header("trailer", "grpc-status");
    response.body(Body::new(body)).unwrap()
}

/// Nothing but how it went.
fn in_the_head(code: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.headers_mut() = status(code);
    response
}

fn routes() -> Router {
    Router::new()
        .route("/ok", any(async || in_trailers("0")))
        .route("/missing", any(async || in_trailers("5")))
        .route("/internal", any(async || in_trailers("13")))
        .route("/unavailable", any(async || in_the_head("14")))
        .route("/made-up", any(async || in_the_head("1000000")))
        .route(
            "/gateway",
            any(async || {
                let mut response = in_the_head("0");
                *response.status_mut() = http::StatusCode::BAD_GATEWAY;
                response
            }),
        )
}

/// Asks, reads to the end, and says how it must be counted.
async fn ended(layer: &HttpMetricsLayer, path: &str, outcome: &str, error_type: &str) {
    for version in Version::BOTH {
        let server = Server::with(layer.clone(), |layer| routes().layer(layer)).await;
        let mut client = server.client(version).await;
        let request = http::Request::builder().header("te", "trailers");
        let response = client.send_with(request, path).await;
        let _read = http_body_util::BodyExt::collect(response.into_body()).await;
        server.one_ended(outcome).await;
        let said = [("error_type", error_type)];
        let counted = server.sum("http_server_requests_total", &said);
        assert_eq!(counted, 1.0, "{version:?} {path}: {error_type}");
    }
}

#[tokio::test]
async fn the_status_of_a_call_decides_wherever_it_stands() {
    let layer = HttpMetricsLayer::new().with_grpc();
    ended(&layer, "/ok", "ok", "").await;
    ended(&layer, "/missing", "client_error", "").await;
    ended(&layer, "/internal", "server_error", "server_error").await;
    ended(&layer, "/unavailable", "server_error", "server_error").await;
    ended(&layer, "/made-up", "server_error", "server_error").await;
}

#[tokio::test]
async fn an_http_status_that_is_an_error_stands() {
    let layer = HttpMetricsLayer::new().with_grpc();
    ended(&layer, "/gateway", "server_error", "502").await;
}

#[tokio::test]
async fn nobody_reads_it_who_was_not_told_to() {
    let layer = HttpMetricsLayer::new();
    ended(&layer, "/internal", "ok", "").await;
    ended(&layer, "/unavailable", "ok", "").await;
}
