//! What a request is made for: the layer's purpose, or the request's own; and clients that share an exporter.

use fedimetrics_core::Exporter;
use fedimetrics_core::testing::Scrape;
use fedimetrics_tower::{HttpClientMetricsLayer, Purpose};

use crate::clients::Client;
use crate::neighbour::{Manner, neighbour};
use crate::seen::Seen;

const WORDS: [&str; 8] = [
    "deliver",
    "fetch",
    "key",
    "discovery",
    "media",
    "card",
    "push",
    "other",
];

#[test]
fn every_purpose_reads_0_before_the_first_request() {
    let scrape = Seen::new().scrape();
    for purpose in WORDS {
        let labels = [("purpose", purpose)];
        for name in [
            "http_client_active_requests",
            "http_client_request_duration_seconds_count",
        ] {
            assert_eq!(scrape.value(name, &labels), Some(0.0), "{name} {purpose}");
        }
    }
    assert!(!scrape.has("http_client_requests_total"));
    assert!(
        !scrape.has("http_server_active_requests"),
        "who only sends has no series of a server's"
    );
}

#[tokio::test]
async fn a_request_can_have_a_purpose_of_its_own() {
    let url = neighbour(Manner::Status(200)).await;
    for client in Client::ALL {
        let seen = Seen::new();
        for purpose in [
            None,
            Some(Purpose::Key),
            Some(Purpose::Media),
            Some(Purpose::Key),
        ] {
            client
                .post(seen.layer.clone(), &url, purpose)
                .await
                .unwrap();
        }
        for (purpose, times) in [
            ("deliver", 1.0),
            ("key", 2.0),
            ("media", 1.0),
            ("card", 0.0),
        ] {
            let labels = [("purpose", purpose)];
            assert_eq!(seen.ended(&labels), times, "{purpose} through {client:?}");
            let timed = "http_client_request_duration_seconds_count";
            assert_eq!(
                seen.scrape().value(timed, &labels),
                Some(times),
                "{purpose} through {client:?}"
            );
        }
    }
}

#[tokio::test]
async fn clients_of_one_server_share_its_exporter() {
    let url = neighbour(Manner::Status(200)).await;
    let deliver = HttpClientMetricsLayer::new(Purpose::Deliver);
    let media = HttpClientMetricsLayer::new(Purpose::Media);
    let exporter = Exporter::builder()
        .watch(&deliver)
        .watch(&media)
        .build()
        .unwrap();
    let deliver = deliver.on(&exporter);
    let cards = deliver.clone().with_purpose(Purpose::Card);
    for layer in [deliver.clone(), cards, media.on(&exporter), deliver] {
        Client::Reqwest013.post(layer, &url, None).await.unwrap();
    }
    let scrape = Scrape::of(&exporter);
    let ended = |purpose| scrape.sum("http_client_requests_total", &[("purpose", purpose)]);
    assert_eq!(["deliver", "card", "media"].map(ended), [2.0, 1.0, 1.0]);
}
