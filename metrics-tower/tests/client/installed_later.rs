//! A layer that is made, and used, before a recorder is installed. The only test here that takes the process's.

use fedimetrics_core::Exporter;
use fedimetrics_core::testing::Scrape;
use fedimetrics_tower::{HttpClientMetricsLayer, Purpose};
use http::{Request, Response};
use tower::{Layer, Service, service_fn};

#[tokio::test]
async fn a_handle_that_does_nothing_is_never_kept() {
    let mut client =
        HttpClientMetricsLayer::new(Purpose::Push).layer(service_fn(async |_: Request<()>| {
            Ok::<_, std::convert::Infallible>(Response::new(()))
        }));
    let begun_before = client.call(Request::new(()));
    client.call(Request::new(())).await.unwrap();

    let exporter = Exporter::builder().install().unwrap();
    begun_before.await.unwrap();
    let scrape = Scrape::of(&exporter);
    assert_eq!(
        scrape.sum("http_client_active_requests", &[]),
        0.0,
        "what was not raised is not lowered"
    );
    assert_eq!(scrape.sum("http_client_requests_total", &[]), 0.0);

    client.call(Request::new(())).await.unwrap();
    let labels = [("purpose", "push"), ("http_response_status_code", "200")];
    let ended = Scrape::of(&exporter).value("http_client_requests_total", &labels);
    assert_eq!(ended, Some(1.0));
}
