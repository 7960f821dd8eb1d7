//! Settings that change a family's labels, or how many there are.

use axum::Router;
use axum::routing::get;
use axum_0_8 as axum;
use fedimetrics_core::testing::Scrape;
use fedimetrics_tower::{HttpMetricsLayer, ResponseLabel};
use http::StatusCode;

use crate::support::{Server, Version};

const DURATION: &str = "http_server_request_duration_seconds_count";

static CACHE: ResponseLabel = ResponseLabel::new("cache", &["hit", "miss"]);
static TIER: ResponseLabel = ResponseLabel::new("tier", &["gold"]);

fn routes() -> Router {
    Router::new()
        .route("/", get(async || "hello"))
        .route("/broken", get(async || StatusCode::BAD_GATEWAY))
}

#[tokio::test]
async fn semconv_has_status_and_error_type_on_the_histogram() {
    for version in Version::BOTH {
        let layer = HttpMetricsLayer::new().semconv();
        let server = Server::with(layer, |layer| routes().layer(layer)).await;
        let mut client = server.client(version).await;
        client.read("GET", "/").await;
        client.read("GET", "/broken").await;
        server
            .eventually(|scrape| scrape.sum(DURATION, &[]) == 2.0)
            .await;
        for (status, error_type) in [("200", ""), ("502", "502")] {
            let labels = [
                ("http_response_status_code", status),
                ("error_type", error_type),
            ];
            assert_eq!(server.sum(DURATION, &labels), 1.0, "{version:?}");
            assert_eq!(server.sum("http_server_requests_total", &labels), 1.0);
        }
    }
}

/// Two layers on one exporter: what the second one records under other labels is refused, and nothing is mislabelled.
async fn refused(first: HttpMetricsLayer, second: HttpMetricsLayer, family: &str, sample: &str) {
    let server = Server::with(first, |layer| {
        Router::new()
            .route("/first", get(async || "hello"))
            .layer(layer)
    })
    .await;
    server.client(Version::H1).await.read("GET", "/first").await;
    server.one_ended("ok").await;
    let before = server.sum(sample, &[]);
    assert_eq!(before, 1.0);

    let other = Router::new()
        .route("/second", get(async || "hello"))
        .layer(second.on(&server.exporter));
    let request = http::Request::get("/second")
        .body(axum::body::Body::empty())
        .unwrap();
    let response = tower::ServiceExt::oneshot(other, request).await.unwrap();
    axum::body::to_bytes(response.into_body(), 100)
        .await
        .unwrap();
    let scrape = Scrape::of(&server.exporter);
    assert_eq!(
        scrape.sum(sample, &[]),
        before,
        "{family} of the second one"
    );
    assert_eq!(scrape.sum("http_server_outcomes_total", &[]), 2.0);
    let refused = scrape.sum("exporter_overflow_total", &[("metric", family)]);
    assert!(refused > 0.0, "and it is said that it was refused");
    let keys: std::collections::BTreeSet<Vec<_>> = scrape
        .samples()
        .iter()
        .filter(|line| line.name == sample)
        .map(|line| line.labels.keys().cloned().collect())
        .collect();
    assert_eq!(keys.len(), 1);
}

#[tokio::test]
async fn a_layer_with_another_preset_is_refused_and_not_mislabelled() {
    let family = "http_server_request_duration_seconds";
    let (plain, semconv) = (HttpMetricsLayer::new(), HttpMetricsLayer::new().semconv());
    refused(plain.clone(), semconv.clone(), family, DURATION).await;
    refused(semconv, plain, family, DURATION).await;
}

#[tokio::test]
async fn a_layer_with_another_label_is_refused_and_not_mislabelled() {
    let family = "http_server_requests_total";
    let with = |label| HttpMetricsLayer::new().with_label(label, |_| None);
    refused(with(&CACHE), with(&TIER), family, family).await;
    refused(HttpMetricsLayer::new(), with(&TIER), family, family).await;
}

#[tokio::test]
async fn layers_of_one_preset_share_their_families() {
    let server = Server::with(HttpMetricsLayer::new().semconv(), |layer| {
        routes().layer(layer)
    })
    .await;
    let other = routes().layer(HttpMetricsLayer::new().semconv().on(&server.exporter));
    let request = http::Request::get("/broken")
        .body(axum::body::Body::empty())
        .unwrap();
    tower::ServiceExt::oneshot(other, request).await.unwrap();
    server.client(Version::H1).await.read("GET", "/").await;
    server
        .eventually(|scrape| scrape.sum(DURATION, &[]) == 2.0)
        .await;
}

#[tokio::test]
async fn the_cap_on_routes_can_be_another() {
    let layer = HttpMetricsLayer::new().with_max_routes(3);
    let server = Server::with(layer, |layer| {
        (0..6)
            .fold(Router::new(), |router, n| {
                router.route(&format!("/{n}"), get(async || ()))
            })
            .layer(layer)
    })
    .await;
    let mut client = server.client(Version::H1).await;
    for n in 0..6 {
        client.read("GET", &format!("/{n}")).await;
    }
    let others = [("http_route", "_other")];
    assert_eq!(server.sum("http_server_requests_total", &others), 3.0);
}
