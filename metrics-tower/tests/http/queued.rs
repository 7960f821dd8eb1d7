//! Queueing before the handler: what waits in `poll_ready`, on whichever clone.

use std::convert::Infallible;
use std::future::pending;
use std::time::Duration;

use bytes::Bytes;
use fedimetrics_core::Exporter;
use fedimetrics_core::testing::Scrape;
use fedimetrics_tower::HttpMetricsLayer;
use http::{Request, Response};
use http_body_util::Empty;
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};

const QUEUED: &str = "http_server_queue_seconds_total";

/// How long the only place is taken.
const TAKEN: Duration = Duration::from_millis(200);

async fn answer(request: Request<bool>) -> Result<Response<Empty<Bytes>>, Infallible> {
    if *request.body() {
        pending::<()>().await;
    }
    Ok(Response::new(Empty::new()))
}

#[tokio::test]
async fn waiting_for_a_place_is_counted_and_no_part_of_the_duration() {
    let exporter = Exporter::builder().build().unwrap();
    let layer = HttpMetricsLayer::new().with_queue_time().on(&exporter);
    let service = ServiceBuilder::new()
        .layer(layer)
        .concurrency_limit(1)
        .service(service_fn(answer));
    let mut first = service.clone();
    let taken = first.ready().await.unwrap().call(Request::new(true));
    let second = tokio::spawn(service.clone().oneshot(Request::new(false)));
    tokio::time::sleep(TAKEN).await;
    drop(taken);
    second.await.unwrap().unwrap();
    let scrape = Scrape::of(&exporter);
    let queued = scrape.sum(QUEUED, &[("http_route", "unmatched")]);
    assert!(queued >= TAKEN.as_secs_f64() / 2.0, "{queued}");
    let ok = scrape.sum("http_server_time_to_first_byte_seconds_sum", &[]);
    assert!(ok < queued, "{ok}");
    assert_eq!(scrape.sum("http_server_outcomes_total", &[]), 2.0);
}

#[tokio::test]
async fn a_service_that_is_ready_makes_nobody_wait() {
    let exporter = Exporter::builder().build().unwrap();
    let layer = HttpMetricsLayer::new().with_queue_time().on(&exporter);
    let service = layer.layer(service_fn(answer));
    service.oneshot(Request::new(false)).await.unwrap();
    assert_eq!(Scrape::of(&exporter).value(QUEUED, &[]), Some(0.0));
}
