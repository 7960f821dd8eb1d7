//! Whoever is asked is named by strangers, and chooses the number it answers with: nothing of that becomes a series.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::future::ready;

use fedimetrics_tower::{HttpClientMetricsLayer, Purpose};
use http::{Method, Request, Response, StatusCode};
use tower::{Layer, ServiceExt, service_fn};

use crate::clients::Client;
use crate::neighbour::{Manner, neighbour};
use crate::seen::Seen;

/// Asks a server of that name, which answers with whatever status the path says.
async fn ask(layer: &HttpClientMetricsLayer, method: &str, host: &str, code: u16) {
    let request = Request::builder()
        .method(Method::from_bytes(method.as_bytes()).unwrap())
        .uri(format!("https://{host}/users/{host}?{code}"))
        .body(())
        .unwrap();
    let hostile = service_fn(|_: Request<()>| {
        let mut response = Response::new(());
        *response.status_mut() = StatusCode::from_u16(code).unwrap();
        ready(Ok::<_, Infallible>(response))
    });
    layer.layer(hostile).oneshot(request).await.unwrap();
}

#[tokio::test]
async fn ten_thousand_hostile_hosts_add_no_series() {
    for layer in [
        HttpClientMetricsLayer::new(Purpose::Fetch),
        HttpClientMetricsLayer::new(Purpose::Fetch).with_server_addresses(["big.example"]),
    ] {
        let seen = Seen::by(layer);
        ask(&seen.layer, "GET", "h.example", 200).await;
        let before = seen.scrape().len();
        for n in 0..10_000 {
            ask(&seen.layer, "GET", &format!("h{n}.example"), 200).await;
        }
        assert_eq!(seen.scrape().len(), before);
        assert_eq!(seen.ended(&[]), 10_001.0);
    }
}

#[tokio::test]
async fn made_up_methods_and_statuses_add_a_few_and_no_more() {
    let seen = Seen::new();
    let series = || {
        seen.scrape()
            .matching("http_client_requests_total", &[])
            .count()
    };
    for code in 100..1000 {
        ask(&seen.layer, "POST", "h.example", code).await;
    }
    let statuses = series();
    assert!(statuses < 90, "{statuses}");
    for n in 0..1000 {
        ask(&seen.layer, &format!("M{n}"), "h.example", 200).await;
    }
    assert_eq!(series(), statuses + 1);
    assert_eq!(seen.ended(&[("http_request_method", "_OTHER")]), 1000.0);
    for code in 100..1000 {
        ask(&seen.layer, "POST", "h.example", code).await;
    }
    assert_eq!(series(), statuses + 1, "all of them are known by now");
}

#[tokio::test]
async fn a_server_is_named_only_if_the_host_wants_to_see_it() {
    let seen = Seen::new();
    ask(&seen.layer, "GET", "big.example", 200).await;
    assert_eq!(seen.ended(&[("server_address", "")]), 1.0);

    let layer = HttpClientMetricsLayer::new(Purpose::Fetch);
    let seen = Seen::by(layer.with_server_addresses(["Big.example", "relay.example"]));
    for host in [
        "big.example",
        "BIG.example:8443",
        "relay.example.",
        "small.example",
    ] {
        ask(&seen.layer, "GET", host, 200).await;
    }
    for (host, times) in [
        ("big.example", 2.0),
        ("relay.example", 1.0),
        ("_other", 1.0),
    ] {
        assert_eq!(seen.ended(&[("server_address", host)]), times, "{host}");
    }
    assert_eq!(seen.ended(&[]), 4.0);
}

#[tokio::test]
async fn every_client_tells_the_servers_name() {
    let url = neighbour(Manner::Status(200)).await;
    for client in Client::ALL {
        let layer = HttpClientMetricsLayer::new(Purpose::Fetch);
        let seen = Seen::by(layer.with_server_addresses(["127.0.0.1"]));
        client.post(seen.layer.clone(), &url, None).await.unwrap();
        assert_eq!(seen.ended(&[("server_address", "127.0.0.1")]), 1.0);
    }
}

#[tokio::test]
async fn a_family_has_the_same_labels_on_every_way_out() {
    let layer = HttpClientMetricsLayer::new(Purpose::Fetch).with_server_addresses(["127.0.0.1"]);
    let seen = Seen::by(layer);
    for manner in [
        Manner::Status(200),
        Manner::Status(447),
        Manner::Refused,
        Manner::Nowhere,
    ] {
        let url = neighbour(manner).await;
        let _ = Client::Tower.post(seen.layer.clone(), &url, None).await;
    }
    ask(&seen.layer, "BREW", "h.example", 799).await;
    let mut keys: BTreeMap<String, BTreeSet<Vec<String>>> = BTreeMap::new();
    for sample in seen.scrape().samples() {
        keys.entry(sample.name.clone())
            .or_default()
            .insert(sample.labels.keys().cloned().collect());
    }
    for (name, keys) in keys {
        assert_eq!(keys.len(), 1, "{name} comes with {keys:?}");
    }
}

#[test]
fn cloning_a_layer_copies_little() {
    assert!(size_of::<HttpClientMetricsLayer>() <= 2 * size_of::<usize>());
}
