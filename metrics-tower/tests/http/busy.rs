//! Busy time: handlers that hold a thread show up, those that wait do not.

use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use axum_0_8 as axum;
use fedimetrics_tower::HttpMetricsLayer;

use crate::support::{Server, Version};

const BUSY: &str = "http_server_busy_seconds_total";

/// How long one handler computes and the other one waits.
const LONG: Duration = Duration::from_millis(300);

async fn computing() {
    let begun = Instant::now();
    while begun.elapsed() < LONG {
        std::hint::spin_loop();
    }
}

fn routes() -> Router {
    Router::new()
        .route("/computing", get(computing))
        .route("/waiting", get(async || tokio::time::sleep(LONG).await))
}

#[tokio::test]
async fn a_handler_that_computes_is_busy_and_one_that_waits_is_not() {
    for version in Version::BOTH {
        let layer = HttpMetricsLayer::new().with_busy_time();
        let server = Server::with(layer, |layer| routes().layer(layer)).await;
        let mut client = server.client(version).await;
        client.read("GET", "/computing").await;
        client.read("GET", "/waiting").await;
        let busy = |route| server.sum(BUSY, &[("http_route", route)]);
        assert!(busy("/computing") >= LONG.as_secs_f64(), "{version:?}");
        assert!(busy("/waiting") < LONG.as_secs_f64() / 2.0, "{version:?}");
        let handled = [("http_route", "/waiting")];
        assert!(server.sum("http_server_handler_seconds_total", &handled) >= 0.3);
    }
}

#[tokio::test]
async fn it_is_not_there_unless_it_is_asked_for() {
    let server = Server::routes(routes()).await;
    server
        .client(Version::H1)
        .await
        .read("GET", "/waiting")
        .await;
    server.one_ended("ok").await;
    assert_eq!(server.scrape().value(BUSY, &[]), None);
}
