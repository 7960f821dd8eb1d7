//! What a request costs in allocations, once its series are known: none.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::convert::Infallible;
use std::future::{Future, ready};
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use allocation_counter::measure;
use bytes::Bytes;
use fedimetrics_core::Exporter;
use fedimetrics_tower::HttpMetricsLayer;
use http::{Request, Response};
use http_body::Body;
use http_body_util::Full;
use tower::{Layer, Service, service_fn};

fn allocations(run: impl FnOnce()) -> u64 {
    measure(run).count_total
}

/// One request to its last byte, by hand: no executor allocates beside it.
fn ask<S, B>(service: &mut S)
where
    S: Service<Request<()>, Response = Response<B>, Error = Infallible>,
    B: Body<Data = Bytes, Error = Infallible>,
{
    let mut context = Context::from_waker(Waker::noop());
    let mut future = pin!(service.call(Request::new(())));
    let Poll::Ready(Ok(response)) = future.as_mut().poll(&mut context) else {
        panic!("it is ready")
    };
    let mut body = pin!(response.into_body());
    while let Poll::Ready(Some(frame)) = body.as_mut().poll_frame(&mut context) {
        black_box(frame.unwrap().into_data().unwrap());
        if body.is_end_stream() {
            break;
        }
    }
}

fn hello(_: Request<()>) -> impl Future<Output = Result<Response<Full<Bytes>>, Infallible>> {
    ready(Ok(Response::new(Full::new(Bytes::from_static(b"hello")))))
}

#[test]
fn a_request_whose_series_are_known_allocates_nothing() {
    let exporter = Exporter::builder().build().unwrap();
    let mut service = HttpMetricsLayer::new()
        .on(&exporter)
        .layer(service_fn(hello));
    assert!(
        allocations(|| ask(&mut service)) > 0,
        "the first one resolves"
    );
    assert_eq!(allocations(|| (0..100).for_each(|_| ask(&mut service))), 0);
    assert!(
        exporter
            .render()
            .contains(r#"http_server_outcomes_total{surface="unmatched",outcome="ok"} 101"#)
    );
}

#[test]
fn a_layer_builds_nothing_for_a_connection() {
    let layer = HttpMetricsLayer::new();
    let made = allocations(|| {
        let service = layer.clone().layer(service_fn(hello));
        black_box(service.clone());
    });
    assert_eq!(made, 0);
}
