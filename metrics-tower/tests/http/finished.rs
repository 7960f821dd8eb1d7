//! Has the body finished? One test for each way in which hyper lets go of a body.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::routing::{any, get};
use axum_0_8 as axum;
use bytes::Bytes;
use fedimetrics_core::Exporter;
use fedimetrics_tower::HttpMetricsLayer;
use futures_util::{StreamExt, stream};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::Frame;
use http_body_util::StreamBody;
use tower::{Layer, Service, service_fn};

use crate::support::{Server, Version};

/// Two frames of three bytes, whose end nobody announces.
fn chunks() -> impl futures_util::Stream<Item = Result<Bytes, Infallible>> {
    stream::iter(["abc", "def"].map(|part| Ok(Bytes::from(part))))
}

fn routes() -> Router {
    Router::new()
        .route("/fixed", any(|| async { "abcdef" }))
        .route("/empty", any(|| async {}))
        .route(
            "/no-content",
            any(|| async { (StatusCode::NO_CONTENT, Body::from_stream(chunks())) }),
        )
        .route(
            "/not-modified",
            any(|| async { (StatusCode::NOT_MODIFIED, Body::from_stream(chunks())) }),
        )
        .route("/chunked", any(|| async { Body::from_stream(chunks()) }))
        .route(
            "/sized",
            any(|| async { ([("content-length", "6")], Body::from_stream(chunks())) }),
        )
        .route(
            "/missing",
            any(|| async { (StatusCode::NOT_FOUND, "nobody") }),
        )
        .route(
            "/broken",
            any(|| async { (StatusCode::BAD_GATEWAY, "sorry") }),
        )
        .route("/trailers", get(trailers))
        .route(
            "/endless",
            any(|| async {
                Body::from_stream(stream::repeat(Ok::<_, Infallible>(Bytes::from("more"))))
            }),
        )
        .route("/failing", any(failing))
        .route(
            "/announced",
            any(async || Body::new(Announcing(vec!["def", "abc"]))),
        )
        .route(
            "/announced-empty",
            any(async || Body::new(Announcing(vec![]))),
        )
}

async fn trailers() -> Response<Body> {
    let sum = HeaderMap::from_iter([("sum".parse().unwrap(), "6".parse().unwrap())]);
    let frames =
        [Frame::data(Bytes::from("abcdef")), Frame::trailers(sum)].map(Ok::<_, Infallible>);
    // Never `None`, as far as the one who reads can know: only the trailers say that this is all.
    let endless = stream::iter(frames).chain(stream::pending());
    Response::builder()
        .header("trailer", "sum")
        .body(Body::new(StreamBody::new(endless)))
        .unwrap()
}

async fn failing() -> Body {
    let parts = [
        Ok(Bytes::from("abc")),
        Err(io::Error::other("the disk is gone")),
    ];
    Body::from_stream(stream::iter(parts))
}

/// Asks, reads to the end, and says how it must be counted.
async fn finished(method: &str, path: &str, outcome: &str, bytes: f64) {
    for version in Version::BOTH {
        let server = Server::routes(routes()).await;
        server.client(version).await.read(method, path).await;
        server.one_ended(outcome).await;
        let sent = server.scrape().sum(
            "http_server_response_body_bytes_total",
            &[("http_route", path)],
        );
        assert_eq!(sent, bytes, "{version:?}: bytes of {method} {path}");
    }
}

#[tokio::test]
async fn a_fixed_body_is_finished_by_its_last_frame() {
    finished("GET", "/fixed", "ok", 6.0).await;
}

#[tokio::test]
async fn an_empty_body_is_finished_at_the_head() {
    finished("GET", "/empty", "ok", 0.0).await;
}

#[tokio::test]
async fn a_204_and_a_304_are_finished_whatever_body_they_carry() {
    finished("GET", "/no-content", "ok", 0.0).await;
    finished("GET", "/not-modified", "ok", 0.0).await;
}

/// A body that says when it has ended, and never how large it is.
struct Announcing(Vec<&'static str>);

impl http_body::Body for Announcing {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        // Asked once more than it announced, it would wait for ever.
        self.0.pop().map_or(Poll::Pending, |part| {
            Poll::Ready(Some(Ok(Frame::data(Bytes::from(part)))))
        })
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }
}

#[tokio::test]
async fn an_end_that_is_announced_is_an_end() {
    finished("GET", "/announced", "ok", 6.0).await;
    finished("GET", "/announced-empty", "ok", 0.0).await;
}

#[tokio::test]
async fn a_chunked_stream_is_finished_by_its_end() {
    finished("GET", "/chunked", "ok", 6.0).await;
}

#[tokio::test]
async fn a_stream_of_known_length_is_finished_by_its_last_byte() {
    finished("GET", "/sized", "ok", 6.0).await;
}

#[tokio::test]
async fn a_head_request_is_finished_at_the_head_and_sends_nothing() {
    for path in ["/fixed", "/empty", "/chunked", "/sized", "/endless"] {
        finished("HEAD", path, "ok", 0.0).await;
    }
    finished("HEAD", "/missing", "client_error", 0.0).await;
}

#[tokio::test]
async fn trailers_are_an_end() {
    for version in Version::BOTH {
        let server = Server::routes(routes()).await;
        let mut client = server.client(version).await;
        let response = client
            .send_with(
                http::Request::builder().header("te", "trailers"),
                "/trailers",
            )
            .await;
        server.one_ended("ok").await;
        drop(response);
    }
}

#[tokio::test]
async fn errors_are_counted_by_who_made_them() {
    finished("GET", "/missing", "client_error", 6.0).await;
    finished("GET", "/broken", "server_error", 5.0).await;
}

#[tokio::test]
async fn an_endless_body_whose_client_is_gone_is_aborted() {
    for version in Version::BOTH {
        let server = Server::routes(routes()).await;
        let mut client = server.client(version).await;
        let response = client.send("GET", "/endless").await;
        assert_eq!(
            server.active(),
            1.0,
            "{version:?}: a body that is not read is still active"
        );
        drop(response);
        drop(client);
        server.one_ended("aborted").await;
        let aborted = [
            ("http_response_status_code", "200"),
            ("error_type", "aborted"),
        ];
        assert_eq!(
            server
                .scrape()
                .value("http_server_requests_total", &aborted),
            Some(1.0)
        );
    }
}

#[tokio::test]
async fn a_body_that_fails_is_told_apart_from_one_that_nobody_wanted() {
    for version in Version::BOTH {
        let server = Server::routes(routes()).await;
        server.client(version).await.read_broken("/failing").await;
        server.one_ended("body").await;
    }
}

#[tokio::test]
async fn the_length_of_a_body_still_arrives() {
    for version in Version::BOTH {
        let server = Server::routes(routes()).await;
        let read = server.client(version).await.read("GET", "/fixed").await;
        assert_eq!(read.parts.headers["content-length"], "6", "{version:?}");
        assert_eq!(read.body, "abcdef");
    }
}

#[tokio::test]
async fn the_end_that_a_body_announces_is_passed_on() {
    let exporter = Exporter::builder().build().unwrap();
    let layer = HttpMetricsLayer::new().on(&exporter);
    for (parts, ended) in [(vec![], true), (vec!["abc"], false)] {
        let body = Announcing(parts);
        let answer = std::future::ready(Ok::<_, Infallible>(Response::new(body)));
        let mut answer = Some(answer);
        let mut service = layer.layer(service_fn(|_: Request<()>| answer.take().unwrap()));
        let response = service.call(Request::new(())).await.unwrap();
        assert_eq!(http_body::Body::is_end_stream(response.body()), ended);
    }
}
