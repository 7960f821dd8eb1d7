//! Strangers send the input: nothing they send becomes a series.

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;
use axum::extract::Path;
use axum::routing::{any, get, post};
use axum_0_8 as axum;
use fedimetrics_tower::HttpMetricsLayer;
use http::Request;

use crate::support::{Server, Version};

fn routes() -> Router {
    Router::new()
        .route(
            "/users/{id}",
            get(|Path(id): Path<String>| async move { id }),
        )
        .route("/users/{id}/inbox", post(|| async {}))
        .route("/any", any(|| async {}))
}

fn routed(server: &Server, labels: &[(&str, &str)]) -> f64 {
    server.scrape().sum("http_server_requests_total", labels)
}

#[tokio::test]
async fn the_template_is_the_route_and_never_the_path() {
    for version in Version::BOTH {
        let server = Server::routes(routes()).await;
        let mut client = server.client(version).await;
        for path in ["/users/alice", "/users/bob"] {
            client.read("GET", path).await;
        }
        let labels = [
            ("http_request_method", "GET"),
            ("http_route", "/users/{id}"),
            ("surface", "web"),
        ];
        assert_eq!(routed(&server, &labels), 2.0, "{version:?}");
    }
}

#[tokio::test]
async fn where_no_route_matched_there_is_one_word_for_all() {
    let server = Server::routes(routes()).await;
    let mut client = server.client(Version::H1).await;
    for path in ["/wp-login.php", "/.env", "/%00"] {
        client.read("GET", path).await;
    }
    assert_eq!(
        routed(
            &server,
            &[("http_route", "unmatched"), ("surface", "unmatched")]
        ),
        3.0
    );
    assert_eq!(server.ended("client_error"), 3.0);
}

#[tokio::test]
async fn surfaces_tell_people_from_servers() {
    let server = Server::routes(routes()).await;
    let mut client = server.client(Version::H1).await;
    client.read("POST", "/users/alice/inbox").await;
    let activity = Request::builder().header("accept", "application/activity+json");
    client.send_with(activity, "/users/alice").await;
    assert_eq!(routed(&server, &[("surface", "inbox")]), 1.0);
    assert_eq!(routed(&server, &[("surface", "federation")]), 1.0);
}

#[tokio::test]
async fn ten_thousand_made_up_requests_add_no_series() {
    let server = Server::routes(routes()).await;
    let mut client = server.client(Version::H1).await;
    let mut ask = async |n: u32| {
        let request = Request::builder()
            .method(format!("M{n}").as_str())
            .header(
                "x-forwarded-for",
                format!("10.0.{}.{}", n / 256 % 256, n % 256),
            )
            .header("host", format!("{n}.example:{n}"))
            .header("x-forwarded-host", format!("h{n}.example"))
            .header("user-agent", format!("bot/{n}"))
            .header("accept", format!("application/x-{n}"));
        let path = if n % 2 == 0 {
            format!("/{n}?{n}")
        } else {
            format!("/any?host={n}")
        };
        let response = client.send_with(request, &path).await;
        http_body_util::BodyExt::collect(response.into_body())
            .await
            .unwrap();
    };
    ask(0).await;
    ask(1).await;
    let series = |server: &Server| server.scrape().len();
    let before = series(&server);
    for n in 2..10_000 {
        ask(n).await;
    }
    assert_eq!(series(&server), before);
    assert_eq!(
        routed(&server, &[("http_request_method", "_OTHER")]),
        10_000.0
    );
}

#[tokio::test]
async fn a_family_has_the_same_labels_on_every_way_out() {
    let server = Server::routes(routes()).await;
    let mut client = server.client(Version::H1).await;
    for (method, path) in [
        ("GET", "/users/alice"),
        ("HEAD", "/users/alice"),
        ("BREW", "/any"),
        ("GET", "/nowhere"),
        ("GET", "/users/alice/inbox"),
    ] {
        client.read(method, path).await;
    }
    let mut keys: BTreeMap<String, BTreeSet<Vec<String>>> = BTreeMap::new();
    for sample in server.scrape().samples() {
        keys.entry(sample.name.clone())
            .or_default()
            .insert(sample.labels.keys().cloned().collect());
    }
    for (name, keys) in keys {
        assert_eq!(keys.len(), 1, "{name} comes with {keys:?}");
    }
}

#[tokio::test]
async fn more_routes_than_there_is_room_for_share_one_name() {
    let routes = (0..600).fold(Router::new(), |router, n| {
        router.route(&format!("/r{n}"), get(|| async {}))
    });
    let server = Server::routes(routes).await;
    let mut client = server.client(Version::H1).await;
    for n in 0..600 {
        client.read("GET", &format!("/r{n}")).await;
    }
    assert_eq!(routed(&server, &[("http_route", "_other")]), 88.0);
    assert_eq!(routed(&server, &[]), 600.0);
    let overflow = [("metric", "http_server_requests_total")];
    assert_eq!(
        server.scrape().value("exporter_overflow_total", &overflow),
        Some(88.0)
    );
}

#[test]
fn cloning_a_layer_copies_a_pointer() {
    assert_eq!(size_of::<HttpMetricsLayer>(), size_of::<usize>());
}
