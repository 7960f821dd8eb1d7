//! A WebSocket: its request ends at the handshake, its session when the handler lets go of the guard.

use std::time::Duration;

use anyhow::Context;
use axum::{Router, extract::WebSocketUpgrade, response::Response, routing::any};
use fedimetrics_core::{Exporter, testing::Scrape};
use fedimetrics_tower::{HttpMetricsLayer, Session};
use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;

async fn streaming(upgrade: WebSocketUpgrade) -> Response {
    let session = Session::websocket();
    upgrade.on_upgrade(async move |mut socket| {
        let _open = session; // until this block is left
        while let Some(Ok(message)) = socket.recv().await {
            if socket.send(message).await.is_err() {
                break;
            }
        }
    })
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let http = HttpMetricsLayer::new();
    let exporter = Exporter::builder().watch(&http).install()?;
    let app: Router = Router::new()
        .route("/api/v1/streaming", any(streaming))
        .layer(http);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async { axum::serve(listener, app).await });

    let socket = TcpStream::connect(address).await?;
    let url = format!("ws://{address}/api/v1/streaming");
    let (mut socket, _) = tokio_tungstenite::client_async(url, socket).await?;
    socket.send(Message::text("hello")).await?;
    let echoed = socket.next().await.context("an answer")??;
    assert_eq!(echoed, Message::text("hello"));

    let scrape = Scrape::of(&exporter);
    let handshake = [("http_response_status_code", "101")];
    assert_eq!(scrape.sum("http_server_requests_total", &handshake), 1.0);
    assert_eq!(scrape.sum("http_server_active_requests", &[]), 0.0);
    let open = [("http_route", "/api/v1/streaming"), ("kind", "websocket")];
    assert_eq!(scrape.sum("http_server_streams", &open), 1.0);

    socket.close(None).await?;
    let lifetimes = "http_server_stream_duration_seconds_count";
    while Scrape::of(&exporter).sum(lifetimes, &[("kind", "websocket")]) == 0.0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(Scrape::of(&exporter).sum("http_server_streams", &open), 0.0);
    Ok(())
}
