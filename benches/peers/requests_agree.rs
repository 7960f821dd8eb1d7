//! For requests that harm nobody, our layer counts what axum-prometheus counts.

use std::collections::BTreeMap;
use std::pin::pin;
use std::task::{Context, Waker};

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::routing::any;
use axum_prometheus::PrometheusMetricLayer;
use fedimetrics_core::Exporter;
use fedimetrics_core::testing::Scrape;
use fedimetrics_tower::HttpMetricsLayer;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use tokio::runtime::Runtime;
use tower_service::Service;

/// A method, a route's prefix, and the status that it answers with.
type Call = (&'static str, &'static str, u16);

fn call() -> impl Strategy<Value = Call> {
    (
        prop::sample::select(vec!["GET", "POST", "PUT", "DELETE", "PATCH"]),
        prop::sample::select(vec!["/users", "/files"]),
        prop::sample::select(vec![200, 201, 302, 404, 410, 500, 503]),
    )
}

fn router() -> Router {
    let answer = |code: String| {
        let code = code
            .parse()
            .ok()
            .and_then(|code| StatusCode::from_u16(code).ok());
        (code.unwrap_or_default(), "answered")
    };
    Router::new()
        .route(
            "/users/{code}",
            any(async move |Path(code): Path<String>| answer(code)),
        )
        .route(
            "/files/{*code}",
            any(async move |Path(code): Path<String>| answer(code)),
        )
}

/// Each of them, in process, its answer read to the end.
fn perform(calls: &[Call], service: &mut Router) {
    for (method, route, status) in calls {
        let request = Request::builder()
            .method(*method)
            .uri(format!("{route}/{status}"))
            .body(Body::empty())
            .unwrap();
        let whole = async {
            let response = service.call(request).await.unwrap();
            response.into_body().collect().await.unwrap()
        };
        let context = &mut Context::from_waker(Waker::noop());
        assert!(pin!(whole).poll(context).is_ready());
    }
}

/// By method, route and status.
fn requests(text: &str, name: &str, keys: [&str; 3]) -> BTreeMap<[String; 3], f64> {
    let scrape = Scrape::parse(text);
    let counted = scrape.samples().iter().filter(|sample| sample.name == name);
    let row = counted.map(|sample| {
        let label = |key: &str| sample.labels.get(key).cloned().unwrap_or_default();
        (keys.map(label), sample.value)
    });
    row.filter(|(_, value)| *value > 0.0).collect()
}

#[test]
fn the_same_requests_are_the_same_counts() {
    let runtime = Runtime::new().unwrap();
    let _entered = runtime.enter();
    let (theirs, handle) = PrometheusMetricLayer::pair();
    let exporter = Exporter::builder().build().unwrap();
    let ours = HttpMetricsLayer::new().on(&exporter);
    let services = [
        router().layer(ours).with_state(()),
        router().layer(theirs).with_state(()),
    ];
    // The recorders are the process's: what they have counted goes on from one case to the next.
    let mut runner = TestRunner::default();
    runner
        .run(&prop::collection::vec(call(), 1..40), |calls| {
            for service in &services {
                perform(&calls, &mut service.clone());
            }
            let ours = requests(
                &exporter.render(),
                "http_server_requests_total",
                [
                    "http_request_method",
                    "http_route",
                    "http_response_status_code",
                ],
            );
            let theirs = requests(
                &handle.render(),
                "axum_http_requests_total",
                ["method", "endpoint", "status"],
            );
            prop_assert!(!ours.is_empty());
            prop_assert_eq!(ours, theirs);
            Ok(())
        })
        .unwrap();
}
