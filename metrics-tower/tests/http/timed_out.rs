//! Timeouts: further out they drop a request, further in they answer it.

use std::convert::Infallible;
use std::future::pending;
use std::time::Duration;

use bytes::Bytes;
use fedimetrics_core::Exporter;
use fedimetrics_core::testing::Scrape;
use fedimetrics_tower::{HttpMetricsLayer, TimeoutMarkLayer, mark_timeout};
use futures_util::{FutureExt, stream};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body::Frame;
use http_body_util::{BodyExt, Empty, StreamBody};
use tower::{BoxError, Layer, Service, ServiceBuilder, ServiceExt, service_fn};
use tower_http::timeout::TimeoutLayer;

const LIMIT: Duration = Duration::from_secs(3);

type Answer = Result<Response<Empty<Bytes>>, Infallible>;

async fn never(_: Request<()>) -> Answer {
    pending().await
}

async fn at_once(_: Request<()>) -> Answer {
    Ok(Response::new(Empty::new()))
}

fn http() -> (Exporter, HttpMetricsLayer) {
    let exporter = Exporter::builder().build().unwrap();
    let http = HttpMetricsLayer::new().on(&exporter);
    (exporter, http)
}

/// Exactly one request ended, in this way.
#[track_caller]
fn one_ended(exporter: &Exporter, outcome: &str) {
    let scrape = Scrape::of(exporter);
    let ended = scrape.sum("http_server_outcomes_total", &[("outcome", outcome)]);
    assert_eq!(ended, 1.0, "{outcome}: {scrape:#?}");
    assert_eq!(scrape.sum("http_server_outcomes_total", &[]), 1.0);
    assert_eq!(scrape.sum("http_server_active_requests", &[]), 0.0);
}

#[tokio::test(start_paused = true)]
async fn a_marked_timeout_of_tower_outside_is_a_timeout() {
    let (exporter, http) = http();
    let service = ServiceBuilder::new()
        .layer(TimeoutMarkLayer)
        .timeout(LIMIT)
        .layer(http)
        .service(service_fn(never));
    let error = service.oneshot(Request::new(())).await.unwrap_err();
    assert!(error.is::<tower::timeout::error::Elapsed>());
    one_ended(&exporter, "timeout");
    let labels = [("error_type", "timeout"), ("http_response_status_code", "")];
    let requests = Scrape::of(&exporter).sum("http_server_requests_total", &labels);
    assert_eq!(requests, 1.0);
}

#[tokio::test(start_paused = true)]
async fn an_event_stream_outlives_everybodys_patience() {
    const HOUR: Duration = Duration::from_secs(3600);
    let events = async |_: Request<()>| {
        let day = stream::unfold(0, async |hour| {
            tokio::time::sleep(HOUR).await;
            let event = Frame::data(Bytes::from("data: still here\n\n"));
            (hour < 24).then_some((Ok::<_, Infallible>(event), hour + 1))
        });
        let mut response = Response::new(StreamBody::new(Box::pin(day)));
        let kind = HeaderValue::from_static("text/event-stream");
        response.headers_mut().insert(CONTENT_TYPE, kind);
        Ok::<_, Infallible>(response)
    };
    let (exporter, http) = http();
    let service = ServiceBuilder::new()
        .layer(TimeoutMarkLayer)
        .timeout(LIMIT)
        .layer(http)
        .service(service_fn(events));
    let mut body = service.oneshot(Request::new(())).await.unwrap().into_body();
    body.frame().await.unwrap().unwrap();
    one_ended(&exporter, "ok");
    let open = |exporter| Scrape::of(exporter).sum("http_server_streams", &[("kind", "sse")]);
    assert_eq!(open(&exporter), 1.0);
    let rest = body.collect().await.unwrap().to_bytes();
    assert_eq!(rest.len(), 23 * "data: still here\n\n".len());
    assert_eq!(open(&exporter), 0.0);
    one_ended(&exporter, "ok");
}

#[tokio::test(start_paused = true)]
async fn a_marked_timeout_of_tower_http_outside_is_a_timeout() {
    let (exporter, http) = http();
    let service = ServiceBuilder::new()
        .layer(TimeoutMarkLayer)
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            LIMIT,
        ))
        .layer(http)
        .service(service_fn(never));
    let response = service.oneshot(Request::new(())).await.unwrap();
    assert_eq!(response.status(), StatusCode::REQUEST_TIMEOUT);
    one_ended(&exporter, "timeout");
}

#[tokio::test(start_paused = true)]
async fn what_a_timeout_did_not_strike_is_none() {
    let (exporter, http) = http();
    let service = ServiceBuilder::new()
        .layer(TimeoutMarkLayer)
        .timeout(LIMIT)
        .layer(http)
        .service(service_fn(at_once));
    service.oneshot(Request::new(())).await.unwrap();
    one_ended(&exporter, "ok");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_leaves_before_the_timeout_cancels() {
    let (exporter, http) = http();
    let mut service = ServiceBuilder::new()
        .layer(TimeoutMarkLayer)
        .timeout(LIMIT)
        .layer(http)
        .service(service_fn(never));
    let mut asking = Box::pin(service.ready().await.unwrap().call(Request::new(())));
    assert!((&mut asking).now_or_never().is_none());
    drop(asking);
    one_ended(&exporter, "cancelled");
}

#[tokio::test(start_paused = true)]
async fn a_timeout_by_hand_says_so_itself() {
    let (exporter, http) = http();
    let mut asking = Box::pin(http.layer(service_fn(never)).oneshot(Request::new(())));
    assert!(tokio::time::timeout(LIMIT, &mut asking).await.is_err());
    mark_timeout(|| drop(asking));
    one_ended(&exporter, "timeout");
}

#[test]
fn a_mark_ends_also_where_a_drop_panics() {
    let unwound = std::panic::catch_unwind(|| mark_timeout(|| panic!("as a drop does")));
    assert!(unwound.is_err());
    let (exporter, http) = http();
    drop(http.layer(service_fn(never)).call(Request::new(())));
    one_ended(&exporter, "cancelled");
}

#[tokio::test(start_paused = true)]
async fn a_timeout_of_tower_inside_is_an_error_of_the_service() {
    let (exporter, http) = http();
    let service = ServiceBuilder::new()
        .layer(http)
        .timeout(LIMIT)
        .service(service_fn(never));
    let error: BoxError = service.oneshot(Request::new(())).await.unwrap_err();
    assert!(error.is::<tower::timeout::error::Elapsed>());
    one_ended(&exporter, "service");
}

#[tokio::test(start_paused = true)]
async fn a_timeout_inside_that_answers_is_its_status() {
    for (status, outcome) in [
        (StatusCode::REQUEST_TIMEOUT, "client_error"),
        (StatusCode::GATEWAY_TIMEOUT, "server_error"),
    ] {
        let (exporter, http) = http();
        let service = ServiceBuilder::new()
            .layer(http)
            .layer(TimeoutLayer::with_status_code(status, LIMIT))
            .service(service_fn(never));
        let response = service.oneshot(Request::new(())).await.unwrap();
        assert_eq!(response.status(), status);
        drop(response);
        one_ended(&exporter, outcome);
    }
}
