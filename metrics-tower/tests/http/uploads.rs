//! Request bodies: how many bytes, how large, and whose time their line's is.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::routing::post;
use axum_0_8 as axum;
use bytes::Bytes;
use fedimetrics_core::Exporter;
use fedimetrics_core::testing::Scrape;
use fedimetrics_tower::HttpMetricsLayer;
use futures_util::stream;
use http::{HeaderMap, Response};
use http_body::Frame;
use http_body_util::{Empty, StreamBody};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tower::{Layer, ServiceExt, service_fn};

use crate::support::{Server, Version};

/// How slow the client's line is.
const LINE: Duration = Duration::from_secs(1);

const BYTES: &str = "http_server_request_body_bytes_total";
const SIZES: &str = "http_server_request_body_size_bytes_count";
const SIZE: &str = "http_server_request_body_size_bytes_sum";

fn routes() -> Router {
    Router::new()
        .route(
            "/read",
            post(async |request: Request| {
                let body = to_bytes(request.into_body(), 1 << 20).await;
                body.unwrap().len().to_string()
            }),
        )
        .route("/ignore", post(async || "no"))
}

async fn counting() -> Server {
    let layer = HttpMetricsLayer::new().with_body_sizes();
    Server::with(layer, |layer| {
        routes().layer(layer.with_request_bodies(Body::new))
    })
    .await
}

/// Sends a head, waits until the server wants more or for as long as a slow line takes, sends the rest.
async fn upload(server: &Server, head: &str, rest: &str) -> String {
    let mut socket = TcpStream::connect(server.address).await.unwrap();
    let head = format!("{head} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n");
    socket.write_all(head.as_bytes()).await.unwrap();
    let (headers, body) = rest.split_once("\r\n\r\n").unwrap();
    socket
        .write_all(format!("{headers}\r\n\r\n").as_bytes())
        .await
        .unwrap();
    if headers.contains("expect") {
        let mut told = [0; 25];
        socket.read_exact(&mut told).await.unwrap();
        assert_eq!(told, *b"HTTP/1.1 100 Continue\r\n\r\n");
    }
    tokio::time::sleep(LINE).await;
    socket.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    answer
}

const SIZED: &str = "content-length: 6\r\n\r\nabcdef";
const CHUNKED: &str = "transfer-encoding: chunked\r\n\r\n6\r\nabcdef\r\n0\r\n\r\n";
const CONTINUED: &str = "expect: 100-continue\r\ncontent-length: 6\r\n\r\nabcdef";

#[tokio::test]
async fn the_time_to_first_byte_begins_at_the_end_of_the_body() {
    for rest in [SIZED, CHUNKED, CONTINUED] {
        let server = counting().await;
        let answer = upload(&server, "POST /read", rest).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        server.one_ended("ok").await;
        let own = server.sum("http_server_time_to_first_byte_seconds_sum", &[]);
        assert!(own < LINE.as_secs_f64() / 2.0, "{own} of {rest:?}");
        let handler = server.sum("http_server_handler_seconds_total", &[]);
        assert_eq!(handler, own, "the same, summed");
        let whole = server.sum("http_server_request_duration_seconds_sum", &[]);
        assert!(whole > LINE.as_secs_f64() / 2.0, "{whole} of {rest:?}");
        assert_eq!(server.sum(BYTES, &[("http_route", "/read")]), 6.0);
        assert_eq!((server.sum(SIZES, &[]), server.sum(SIZE, &[])), (1.0, 6.0));
    }
}

#[tokio::test]
async fn where_bodies_are_not_counted_it_begins_at_the_head() {
    let server = Server::routes(routes()).await;
    upload(&server, "POST /read", SIZED).await;
    server.one_ended("ok").await;
    let own = server.sum("http_server_time_to_first_byte_seconds_sum", &[]);
    assert!(own > LINE.as_secs_f64() / 2.0, "{own}");
    assert_eq!(server.scrape().value(BYTES, &[]), None);
}

#[tokio::test]
async fn a_body_that_nobody_reads_has_no_bytes_and_the_size_that_it_claims() {
    let server = counting().await;
    upload(&server, "POST /ignore", SIZED).await;
    server.one_ended("ok").await;
    assert_eq!(server.sum(BYTES, &[]), 0.0);
    assert_eq!((server.sum(SIZES, &[]), server.sum(SIZE, &[])), (1.0, 6.0));
}

#[tokio::test]
async fn a_size_that_is_not_known_is_absent() {
    let server = counting().await;
    upload(&server, "POST /ignore", CHUNKED).await;
    server.one_ended("ok").await;
    assert_eq!(server.scrape().value(SIZES, &[]), None);
}

#[tokio::test]
async fn a_true_0_is_0() {
    for version in Version::BOTH {
        let server = counting().await;
        server.client(version).await.read("POST", "/ignore").await;
        server.one_ended("ok").await;
        assert_eq!((server.sum(SIZES, &[]), server.sum(SIZE, &[])), (1.0, 0.0));
        assert_eq!(server.scrape().value(BYTES, &[]), Some(0.0));
    }
}

#[tokio::test]
async fn sizes_of_responses_are_those_that_were_sent() {
    for version in Version::BOTH {
        let server = counting().await;
        let mut client = server.client(version).await;
        client.read("POST", "/ignore").await;
        client.read("HEAD", "/ignore").await;
        let size = |name: &str| {
            let name = format!("http_server_response_body_size_bytes_{name}");
            server.sum(&name, &[("http_route", "/ignore")])
        };
        // A HEAD to a POST route is a 405 without a body: a true 0.
        server.eventually(|_| size("count") == 2.0).await;
        assert_eq!(size("sum"), 2.0, "{version:?}");
    }
}

#[tokio::test]
async fn trailers_of_a_request_are_its_end() {
    let exporter = Exporter::builder().build().unwrap();
    let http = HttpMetricsLayer::new().with_body_sizes().on(&exporter);
    let service = http.with_request_bodies(|body| body).layer(service_fn(
        async |request: http::Request<_>| {
            let mut body = std::pin::pin!(request.into_body());
            for _ in 0..2 {
                http_body_util::BodyExt::frame(&mut body)
                    .await
                    .unwrap()
                    .unwrap();
            }
            Ok::<_, std::convert::Infallible>(Response::new(Empty::<Bytes>::new()))
        },
    ));
    let frames = [
        Frame::data(Bytes::from("abc")),
        Frame::trailers(HeaderMap::new()),
    ];
    let body = StreamBody::new(stream::iter(frames.map(Ok::<_, std::convert::Infallible>)));
    service.oneshot(http::Request::new(body)).await.unwrap();
    let scrape = Scrape::of(&exporter);
    assert_eq!(scrape.sum(BYTES, &[]), 3.0);
    assert_eq!((scrape.sum(SIZES, &[]), scrape.sum(SIZE, &[])), (1.0, 3.0));
}
