//! CONNECT: the request ends at its head, the tunnel is a session.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum_0_8 as axum;
use bytes::Bytes;
use fedimetrics_core::Exporter;
use fedimetrics_core::testing::Scrape;
use fedimetrics_tower::{HttpMetricsLayer, Session};
use http::{Method, Response, StatusCode};
use http_body_util::{Empty, Full};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tower::{Layer, ServiceExt, service_fn};

use crate::support::{Server, Version};

/// Sends back what comes through the tunnel.
async fn tunnel(request: Request) -> Response<Body> {
    let session = Session::other();
    assert_eq!(request.method(), Method::CONNECT);
    tokio::spawn(async move {
        let _open = session;
        let upgraded = hyper::upgrade::on(request).await.unwrap();
        let (mut read, mut write) = tokio::io::split(TokioIo::new(upgraded));
        tokio::io::copy(&mut read, &mut write).await
    });
    Response::new(Body::empty())
}

async fn connect(server: &Server, version: Version) -> Response<hyper::body::Incoming> {
    let io = TokioIo::new(TcpStream::connect(server.address).await.unwrap());
    let request = http::Request::builder()
        .method(Method::CONNECT)
        .uri("social.example:443")
        .body(Empty::<Bytes>::new())
        .unwrap();
    match version {
        Version::H1 => {
            let (mut client, connection) = http1::handshake(io).await.unwrap();
            tokio::spawn(connection.with_upgrades());
            client.send_request(request).await.unwrap()
        }
        Version::H2 => {
            let (mut client, connection) =
                http2::handshake(TokioExecutor::new(), io).await.unwrap();
            tokio::spawn(connection);
            client.send_request(request).await.unwrap()
        }
    }
}

#[tokio::test]
async fn a_tunnel_ends_at_its_head_and_lives_on_as_a_session() {
    for version in Version::BOTH {
        let server = Server::routes(Router::new().fallback(tunnel)).await;
        let response = connect(&server, version).await;
        assert_eq!(response.status(), StatusCode::OK);
        server.one_ended("ok").await;
        let labels = [("http_request_method", "CONNECT")];
        assert_eq!(server.sum("http_server_requests_total", &labels), 1.0);

        let mut upgraded = TokioIo::new(hyper::upgrade::on(response).await.unwrap());
        upgraded.write_all(b"hello").await.unwrap();
        let mut echoed = [0; 5];
        upgraded.read_exact(&mut echoed).await.unwrap();
        assert_eq!(&echoed, b"hello", "{version:?}");
        let open = [("http_route", "unmatched"), ("kind", "other")];
        assert_eq!(server.sum("http_server_streams", &open), 1.0);
        drop(upgraded);
        server
            .eventually(|scrape| scrape.value("http_server_streams", &open) == Some(0.0))
            .await;
        server.one_ended("ok").await;
    }
}

#[tokio::test]
async fn what_an_upgrade_carries_is_no_body_and_has_no_size() {
    let exporter = Exporter::builder().build().unwrap();
    let layer = HttpMetricsLayer::new().with_body_sizes().on(&exporter);
    let service = layer.layer(service_fn(async |_: http::Request<()>| {
        Ok::<_, Infallible>(Response::new(Full::new(Bytes::from("never sent"))))
    }));
    let mut request = http::Request::new(());
    *request.method_mut() = Method::CONNECT;
    drop(service.oneshot(request).await.unwrap());
    let scrape = Scrape::of(&exporter);
    assert_eq!(
        scrape.sum("http_server_outcomes_total", &[("outcome", "ok")]),
        1.0
    );
    assert_eq!(scrape.sum("http_server_outcomes_total", &[]), 1.0);
    assert!(!scrape.has("http_server_response_body_size_bytes_count"));
}
