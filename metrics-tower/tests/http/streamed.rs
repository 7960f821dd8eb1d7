//! Streams: they leave latency at their head, and are counted for as long as they live.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use axum_0_8 as axum;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::StatusCode;
use http_body_util::BodyExt;

use crate::support::{Server, Version};

fn events() -> ([(&'static str, &'static str); 1], Body) {
    let first = stream::once(async { Ok::<_, Infallible>(Bytes::from("data: hello\n\n")) });
    (
        [("content-type", "text/event-stream")],
        Body::from_stream(first.chain(stream::pending())),
    )
}

#[tokio::test]
async fn an_event_stream_ends_at_its_head_and_lives_on_as_a_stream() {
    for version in Version::BOTH {
        let server =
            Server::routes(Router::new().route("/api/v1/streaming", get(|| async { events() })))
                .await;
        let mut client = server.client(version).await;
        let mut response = client.send("GET", "/api/v1/streaming").await;
        let frame = response.body_mut().frame().await.unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap(), "data: hello\n\n");
        server.one_ended("ok").await;
        let open = [("http_route", "/api/v1/streaming"), ("kind", "sse")];
        assert_eq!(
            server.scrape().value("http_server_streams", &open),
            Some(1.0)
        );
        assert_eq!(
            server
                .scrape()
                .sum("http_server_stream_duration_seconds_count", &[]),
            0.0
        );
        drop(response);
        drop(client);
        server
            .eventually(|scrape| scrape.value("http_server_streams", &open) == Some(0.0))
            .await;
        server
            .eventually(|scrape| {
                scrape.sum(
                    "http_server_stream_duration_seconds_count",
                    &[("kind", "sse")],
                ) == 1.0
            })
            .await;
        server.one_ended("ok").await;
        assert_eq!(
            server
                .scrape()
                .sum("http_server_response_body_bytes_total", &[]),
            13.0
        );
    }
}

#[tokio::test]
async fn an_upgrade_ends_at_its_head() {
    let server = Server::routes(Router::new().route(
        "/socket",
        get(|| async {
            (
                StatusCode::SWITCHING_PROTOCOLS,
                [("connection", "upgrade"), ("upgrade", "websocket")],
            )
        }),
    ))
    .await;
    let mut client = server.client(Version::H1).await;
    let request = http::Request::builder()
        .header("connection", "upgrade")
        .header("upgrade", "websocket");
    let response = client.send_with(request, "/socket").await;
    assert_eq!(response.status(), StatusCode::SWITCHING_PROTOCOLS);
    server.one_ended("ok").await;
}
