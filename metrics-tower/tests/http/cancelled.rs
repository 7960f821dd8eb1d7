//! Requests that end before there is a response.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use axum_0_8 as axum;
use bytes::Bytes;
use fedimetrics_core::Exporter;
use fedimetrics_core::testing::Scrape;
use fedimetrics_tower::HttpMetricsLayer;
use http::{Request, Response};
use http_body_util::Empty;
use tokio::sync::Notify;
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};

use crate::support::{PATIENCE, Server, Version};

#[tokio::test]
async fn a_client_that_leaves_before_the_head_cancels_its_request() {
    for version in Version::BOTH {
        let begun = Arc::new(Notify::new());
        let handler = {
            let begun = begun.clone();
            || async move {
                begun.notify_one();
                pending::<()>().await;
            }
        };
        let server = Server::routes(Router::new().route("/slow", get(handler))).await;
        let mut client = server.client(version).await;
        let asking = tokio::spawn(async move { client.send("GET", "/slow").await });
        tokio::time::timeout(PATIENCE, begun.notified())
            .await
            .unwrap();
        assert_eq!(server.active(), 1.0);
        asking.abort();
        server.one_ended("cancelled").await;
        let scrape = server.scrape();
        let labels = [
            ("http_response_status_code", ""),
            ("error_type", "cancelled"),
            ("http_route", "/slow"),
        ];
        assert_eq!(
            scrape.value("http_server_requests_total", &labels),
            Some(1.0)
        );
        assert_eq!(
            scrape.sum("http_server_time_to_first_byte_seconds_count", &[]),
            0.0,
            "there was no first byte"
        );
        assert!(
            scrape.sum("http_server_handler_seconds_total", &[]) > 0.0,
            "but the handler worked"
        );
    }
}

type Answer = Result<Response<Empty<Bytes>>, &'static str>;

fn ended(exporter: &Exporter, outcome: &str) -> f64 {
    Scrape::of(exporter).sum("http_server_outcomes_total", &[("outcome", outcome)])
}

#[tokio::test]
async fn a_future_that_is_dropped_unpolled_is_cancelled() {
    let exporter = Exporter::builder().build().unwrap();
    let mut service = HttpMetricsLayer::new()
        .on(&exporter)
        .layer(service_fn(|_: Request<()>| pending::<Answer>()));
    let future = service.call(Request::new(()));
    assert_eq!(
        Scrape::of(&exporter).sum("http_server_active_requests", &[]),
        1.0
    );
    drop(future);
    assert_eq!(ended(&exporter, "cancelled"), 1.0);
    assert_eq!(
        Scrape::of(&exporter).sum("http_server_active_requests", &[]),
        0.0
    );
}

#[tokio::test(start_paused = true)]
async fn a_timeout_outside_cancels() {
    let exporter = Exporter::builder().build().unwrap();
    let service = ServiceBuilder::new()
        .timeout(Duration::from_secs(3))
        .layer(HttpMetricsLayer::new().on(&exporter))
        .service(service_fn(|_: Request<()>| pending::<Answer>()));
    assert!(service.oneshot(Request::new(())).await.is_err());
    assert_eq!(ended(&exporter, "cancelled"), 1.0);
}

#[tokio::test]
async fn an_error_of_the_service_is_one() {
    let exporter = Exporter::builder().build().unwrap();
    let service = HttpMetricsLayer::new()
        .on(&exporter)
        .layer(service_fn(async |_: Request<()>| {
            Answer::Err("out of order")
        }));
    assert_eq!(
        service.oneshot(Request::new(())).await.unwrap_err(),
        "out of order"
    );
    assert_eq!(ended(&exporter, "service"), 1.0);
    let labels = [("error_type", "service"), ("http_response_status_code", "")];
    assert_eq!(
        Scrape::of(&exporter).value("http_server_requests_total", &labels),
        Some(1.0)
    );
}
