//! Panics, wherever they come from and wherever they are caught.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use axum_0_8 as axum;
use bytes::Bytes;
use fedimetrics_core::Exporter;
use fedimetrics_core::scope::{Place, place};
use fedimetrics_core::testing::Scrape;
use fedimetrics_tower::HttpMetricsLayer;
use http::{Request, Response, StatusCode};
use http_body::Frame;
use http_body_util::Empty;
use tower::{Layer, Service, service_fn};
use tower_http::catch_panic::CatchPanicLayer;

use crate::support::{Server, Version};

async fn panicking() -> &'static str {
    panic!("as a handler does")
}

#[tokio::test]
async fn a_panic_that_is_caught_outside_is_a_panic() {
    for version in Version::BOTH {
        let routes = Router::new().route("/panic", get(panicking));
        let server = Server::start(|layer| routes.layer(layer).layer(CatchPanicLayer::new())).await;
        let read = server.client(version).await.read("GET", "/panic").await;
        assert_eq!(read.parts.status, StatusCode::INTERNAL_SERVER_ERROR);
        server.one_ended("panic").await;
    }
}

#[tokio::test]
async fn a_panic_that_is_caught_inside_is_a_500() {
    for version in Version::BOTH {
        let routes = Router::new().route("/panic", get(panicking));
        let server = Server::start(|layer| routes.layer(CatchPanicLayer::new()).layer(layer)).await;
        server.client(version).await.read("GET", "/panic").await;
        server.one_ended("server_error").await;
    }
}

#[tokio::test]
async fn a_panic_that_nobody_catches_is_a_panic() {
    let server = Server::routes(Router::new().route("/panic", get(panicking))).await;
    let mut client = server.client(Version::H1).await;
    let asking = tokio::spawn(async move { client.send("GET", "/panic").await.status() });
    assert!(asking.await.is_err(), "the connection ends");
    server.one_ended("panic").await;
}

#[tokio::test]
async fn a_panic_that_is_caught_between_two_layers_is_a_500_and_counts_once() {
    for version in Version::BOTH {
        let routes = Router::new().route("/panic", get(panicking));
        let server = Server::start(|layer| {
            let inner = routes.layer(layer.clone());
            inner.layer(CatchPanicLayer::new()).layer(layer)
        })
        .await;
        server.client(version).await.read("GET", "/panic").await;
        server.one_ended("server_error").await;
        let labels = [("http_route", "/panic")];
        assert_eq!(server.sum("http_server_requests_total", &labels), 1.0);
    }
}

/// A body that gives one frame and then panics.
struct Panicking(bool);

impl http_body::Body for Panicking {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        assert!(!self.0, "as a body does");
        self.0 = true;
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"abc")))))
    }
}

#[tokio::test]
async fn a_panic_of_the_body_is_a_panic() {
    for version in Version::BOTH {
        let server = Server::routes(
            Router::new().route("/body", get(|| async { Body::new(Panicking(false)) })),
        )
        .await;
        server.client(version).await.read_broken("/body").await;
        server.one_ended("panic").await;
    }
}

#[test]
fn a_panic_within_call_is_a_panic() {
    let exporter = Exporter::builder().build().unwrap();
    let mut service = HttpMetricsLayer::new()
        .on(&exporter)
        .layer(service_fn(|_: Request<()>| {
            assert!(
                place() == Place::Nowhere,
                "a request's code runs in its scope"
            );
            std::future::ready(Ok::<_, std::convert::Infallible>(Response::new(Empty::<
                Bytes,
            >::new(
            ))))
        }));
    let called = catch_unwind(AssertUnwindSafe(|| drop(service.call(Request::new(())))));
    assert!(called.is_err());
    let scrape = Scrape::of(&exporter);
    assert_eq!(
        scrape.sum("http_server_outcomes_total", &[("outcome", "panic")]),
        1.0
    );
    assert_eq!(scrape.sum("http_server_outcomes_total", &[]), 1.0);
    assert_eq!(scrape.sum("http_server_active_requests", &[]), 0.0);
    assert_eq!(place(), Place::Nowhere, "and the thread is left as it was");
}

#[test]
fn a_request_that_is_dropped_by_somebody_elses_panic_does_not_abort() {
    let exporter = Exporter::builder().build().unwrap();
    let mut service = HttpMetricsLayer::new()
        .on(&exporter)
        .layer(service_fn(|_: Request<()>| {
            std::future::pending::<Result<Response<Empty<Bytes>>, std::convert::Infallible>>()
        }));
    let unwound = catch_unwind(AssertUnwindSafe(|| {
        let _future = service.call(Request::new(()));
        panic!("not its own");
    }));
    assert!(unwound.is_err());
    assert_eq!(
        Scrape::of(&exporter).sum("http_server_outcomes_total", &[("outcome", "cancelled")]),
        1.0
    );
}
