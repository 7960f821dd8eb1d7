//! A layer that is made, and used, before a recorder is installed. A process has one recorder, so this has a process.

use bytes::Bytes;
use fedimetrics_core::Exporter;
use fedimetrics_core::testing::Scrape;
use fedimetrics_tower::HttpMetricsLayer;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use tower::{Layer, Service, ServiceExt, service_fn};

#[tokio::test]
async fn handles_are_resolved_once_there_is_something_to_resolve() {
    let mut service = HttpMetricsLayer::new().layer(service_fn(async |_: Request<()>| {
        Ok::<_, std::convert::Infallible>(Response::new(Full::new(Bytes::from("hello"))))
    }));
    let mut ask = async || {
        service
            .ready()
            .await
            .unwrap()
            .call(Request::new(()))
            .await
            .unwrap()
            .into_body()
            .collect()
            .await
    };
    ask().await.unwrap();

    let exporter = Exporter::builder().install().unwrap();
    assert_eq!(
        Scrape::of(&exporter).sum("http_server_outcomes_total", &[]),
        0.0
    );
    ask().await.unwrap();
    assert_eq!(
        Scrape::of(&exporter).sum("http_server_outcomes_total", &[("outcome", "ok")]),
        1.0
    );

    let taken = Exporter::builder().install().unwrap_err();
    assert!(taken.is_recorder_taken());
    assert_eq!(
        Scrape::of(&taken.into_exporter().unwrap()).sum("http_server_outcomes_total", &[]),
        0.0
    );
}
