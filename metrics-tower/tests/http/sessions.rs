//! Sessions: a WebSocket, from its handler's taking a guard to its last message.

use std::future::pending;

use axum::Router;
use axum::extract::WebSocketUpgrade;
use axum::response::Response;
use axum::routing::{any, get};
use axum_0_8 as axum;
use fedimetrics_tower::Session;
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Server, Version};

const OPEN: &[(&str, &str)] = &[("http_route", "/api/v1/streaming"), ("kind", "websocket")];

async fn echo(upgrade: WebSocketUpgrade) -> Response {
    let session = Session::websocket();
    upgrade.on_upgrade(async move |mut socket| {
        let _open = session;
        while let Some(Ok(message)) = socket.recv().await {
            if socket.send(message).await.is_err() {
                break;
            }
        }
    })
}

#[tokio::test]
async fn a_websocket_is_a_session_until_it_is_left() {
    let server = Server::routes(Router::new().route("/api/v1/streaming", any(echo))).await;
    let socket = TcpStream::connect(server.address).await.unwrap();
    let url = "ws://social.example/api/v1/streaming";
    let (mut socket, response) = tokio_tungstenite::client_async(url, socket).await.unwrap();
    assert_eq!(response.status(), 101);
    server.one_ended("ok").await;
    let switched = [
        ("http_response_status_code", "101"),
        ("surface", "streaming"),
    ];
    assert_eq!(server.sum("http_server_requests_total", &switched), 1.0);

    socket.send(Message::text("hello")).await.unwrap();
    assert_eq!(
        socket.next().await.unwrap().unwrap(),
        Message::text("hello")
    );
    assert_eq!(
        server.scrape().value("http_server_streams", OPEN),
        Some(1.0)
    );
    let ended = "http_server_stream_duration_seconds_count";
    assert_eq!(server.sum(ended, &[]), 0.0);
    socket.close(None).await.unwrap();
    drop(socket);
    server
        .eventually(|scrape| scrape.sum(ended, &[("kind", "websocket")]) == 1.0)
        .await;
    assert_eq!(
        server.scrape().value("http_server_streams", OPEN),
        Some(0.0)
    );
    server.one_ended("ok").await;
}

#[tokio::test]
async fn a_websocket_that_breaks_off_has_ended() {
    let server = Server::routes(Router::new().route("/api/v1/streaming", any(echo))).await;
    let socket = TcpStream::connect(server.address).await.unwrap();
    let url = "ws://social.example/api/v1/streaming";
    let (socket, _) = tokio_tungstenite::client_async(url, socket).await.unwrap();
    server
        .eventually(|scrape| scrape.value("http_server_streams", OPEN) == Some(1.0))
        .await;
    drop(socket);
    server
        .eventually(|scrape| scrape.value("http_server_streams", OPEN) == Some(0.0))
        .await;
}

#[tokio::test]
async fn a_handler_that_is_dropped_takes_its_session_along() {
    for version in Version::BOTH {
        let handler = async || {
            let _session = Session::other();
            pending::<()>().await;
        };
        let server = Server::routes(Router::new().route("/poll", get(handler))).await;
        let open = [("http_route", "/poll"), ("kind", "other")];
        let mut client = server.client(version).await;
        let asking = tokio::spawn(async move { client.send("GET", "/poll").await });
        server
            .eventually(|scrape| scrape.value("http_server_streams", &open) == Some(1.0))
            .await;
        asking.abort();
        server
            .eventually(|scrape| scrape.value("http_server_streams", &open) == Some(0.0))
            .await;
        server.one_ended("cancelled").await;
    }
}

#[tokio::test]
async fn a_session_is_counted_under_the_route_that_an_inner_router_published() {
    let server = Server::start(|layer| {
        let inner = Router::new()
            .route("/v1/streaming", any(echo))
            .layer(layer.clone());
        Router::new().nest_service("/api", inner).layer(layer)
    })
    .await;
    let socket = TcpStream::connect(server.address).await.unwrap();
    let url = "ws://social.example/api/v1/streaming";
    let (socket, _) = tokio_tungstenite::client_async(url, socket).await.unwrap();
    assert_eq!(
        server.scrape().value("http_server_streams", OPEN),
        Some(1.0)
    );
    drop(socket);
}

#[tokio::test]
async fn where_no_layer_is_around_a_session_counts_nothing() {
    let server = Server::start(|_| {
        Router::new().route(
            "/",
            get(async || {
                let _session = Session::websocket();
                "hello"
            }),
        )
    })
    .await;
    server.client(Version::H1).await.read("GET", "/").await;
    assert_eq!(server.sum("http_server_streams", &[]), 0.0);
    assert_eq!(
        server.sum("http_server_stream_duration_seconds_count", &[]),
        0.0
    );
}
