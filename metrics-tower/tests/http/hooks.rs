//! What a host's own functions decide, and when they are called.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::routing::{any, get};
use axum_0_8 as axum;
use bytes::Bytes;
use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Exporter, scope};
use fedimetrics_tower::{HttpMetricsLayer, ResponseLabel, Surface};
use http::{Method, Request, Response};
use http_body_util::{Empty, Full};
use tokio::sync::Notify;
use tower::{Layer, Service, ServiceExt, service_fn};

use crate::support::{PATIENCE, Server, Version};

static CACHE: ResponseLabel = ResponseLabel::new("cache", &["hit", "miss"]);

#[tokio::test]
async fn methods_can_be_those_of_the_host() {
    let layer =
        HttpMetricsLayer::new().with_known_methods([Method::GET, "PROPFIND".parse().unwrap()]);
    let server = Server::with(layer, |layer| {
        Router::new().route("/", any(async || "hello")).layer(layer)
    })
    .await;
    let mut client = server.client(Version::H1).await;
    for method in ["GET", "PROPFIND", "DELETE", "HEAD", "BREW"] {
        client.read(method, "/").await;
    }
    for (method, requests) in [("GET", 1.0), ("PROPFIND", 1.0), ("_OTHER", 3.0)] {
        let labels = [("http_request_method", method)];
        assert_eq!(server.sum("http_server_requests_total", &labels), requests);
    }
    assert_eq!(
        server.ended("ok"),
        5.0,
        "a HEAD is still one, whatever its word"
    );
}

/// A surface by a header, which is there only when the request comes in.
fn by_header() -> HttpMetricsLayer {
    HttpMetricsLayer::new().with_surface(|asked| match asked.headers().get("x-surface") {
        Some(_) if asked.route().is_some() => Surface::Media,
        Some(_) => Surface::Discovery,
        None => asked.surface(),
    })
}

#[tokio::test]
async fn a_surface_can_be_the_hosts() {
    for version in Version::BOTH {
        let server = Server::with(by_header(), |layer| {
            Router::new().route("/", get(async || "hello")).layer(layer)
        })
        .await;
        let mut client = server.client(version).await;
        client.read("GET", "/").await;
        let request = Request::builder().header("x-surface", "1");
        client.send_with(request, "/").await;
        server.eventually(|_| server.ended("ok") == 2.0).await;
        for surface in ["media", "web"] {
            let labels = [("surface", surface)];
            assert_eq!(server.sum("http_server_requests_total", &labels), 1.0);
        }
    }
}

#[tokio::test]
async fn a_surface_is_decided_where_the_route_is_published_and_stands_when_the_request_is_cancelled()
 {
    let begun = Arc::new(Notify::new());
    let notify = begun.clone();
    let server = Server::with(by_header(), |layer| {
        let handler = async move || {
            notify.notify_one();
            pending::<()>().await;
        };
        let inner = Router::new()
            .route("/slow", get(handler))
            .layer(layer.clone());
        Router::new().nest_service("/inner", inner).layer(layer)
    })
    .await;
    let mut client = server.client(Version::H2).await;
    let asking = tokio::spawn(async move {
        let request = Request::builder().header("x-surface", "1");
        client.send_with(request, "/inner/slow").await
    });
    tokio::time::timeout(PATIENCE, begun.notified())
        .await
        .unwrap();
    asking.abort();
    server.one_ended("cancelled").await;
    let labels = [("surface", "media"), ("http_route", "/inner/slow")];
    assert_eq!(server.sum("http_server_requests_total", &labels), 1.0);
    assert_eq!(server.active(), 0.0, "lowered where it was raised");
}

#[tokio::test]
async fn what_is_skipped_is_not_measured() {
    for version in Version::BOTH {
        let layer = HttpMetricsLayer::new().with_skip(|asked| asked.route() == Some("/healthz"));
        let server = Server::with(layer, |layer| {
            Router::new()
                .route("/healthz", get(async || scope::is_measured().to_string()))
                .route("/", get(async || scope::is_measured().to_string()))
                .layer(layer.clone())
                .layer(layer)
        })
        .await;
        let mut client = server.client(version).await;
        assert_eq!(client.read("GET", "/healthz").await.body, "false");
        assert_eq!(client.read("GET", "/").await.body, "true");
        server.one_ended("ok").await;
    }
}

#[tokio::test]
async fn a_label_of_the_hosts_is_read_from_the_head_of_the_response() {
    for version in Version::BOTH {
        let layer = HttpMetricsLayer::new()
            .with_label(&CACHE, |head| head.headers.get("x-cache")?.to_str().ok());
        let server = Server::with(layer, |layer| {
            ["hit", "miss", "a stranger's"]
                .into_iter()
                .enumerate()
                .fold(Router::new(), |router, (n, verdict)| {
                    let answer = get(async move || ([("x-cache", verdict)], "hello"));
                    router.route(&format!("/{n}"), answer)
                })
                .layer(layer)
        })
        .await;
        let mut client = server.client(version).await;
        for path in ["/0", "/1", "/2", "/nowhere"] {
            client.read("GET", path).await;
        }
        server
            .eventually(|scrape| scrape.sum("http_server_requests_total", &[]) == 4.0)
            .await;
        for verdict in ["hit", "miss", "_other", ""] {
            let labels = [("cache", verdict)];
            assert_eq!(
                server.sum("http_server_requests_total", &labels),
                1.0,
                "{verdict}"
            );
        }
        assert_eq!(
            server.sum("http_server_outcomes_total", &[("cache", "hit")]),
            0.0
        );
    }
}

#[tokio::test]
async fn no_function_of_the_hosts_runs_while_a_request_is_dropped() {
    let called = Arc::new(AtomicUsize::new(0));
    let counted = |called: &Arc<AtomicUsize>| {
        let called = called.clone();
        move || called.fetch_add(1, Ordering::Relaxed)
    };
    let (one, two, three) = (counted(&called), counted(&called), counted(&called));
    let exporter = Exporter::builder().build().unwrap();
    let layer = HttpMetricsLayer::new()
        .with_surface(move |asked| {
            one();
            asked.surface()
        })
        .with_skip(move |_| {
            two();
            false
        })
        .with_label(&CACHE, move |_| {
            three();
            None
        })
        .on(&exporter);
    let mut service = layer.layer(service_fn(|_: Request<()>| {
        pending::<Result<Response<Empty<Bytes>>, ()>>()
    }));
    let future = service.call(Request::new(()));
    let before = called.load(Ordering::Relaxed);
    assert_eq!(before, 2, "a surface and a skip");
    drop(future);
    assert_eq!(called.load(Ordering::Relaxed), before);
}

#[tokio::test]
async fn any_other_router_says_its_template_by_a_hook() {
    #[derive(Clone)]
    struct Matched(&'static str);

    let exporter = Exporter::builder().build().unwrap();
    let service = HttpMetricsLayer::new()
        .with_route_template(|asked| Some(asked.extensions().get::<Matched>()?.0))
        .on(&exporter)
        .layer(service_fn(async |_: Request<()>| {
            Ok::<_, std::convert::Infallible>(Response::new(Full::new(Bytes::new())))
        }));
    let mut request = Request::new(());
    request.extensions_mut().insert(Matched("/users/{id}"));
    service.clone().oneshot(request).await.unwrap();
    service.oneshot(Request::new(())).await.unwrap();
    let scrape = Scrape::of(&exporter);
    for route in ["/users/{id}", "unmatched"] {
        let labels = [("http_route", route)];
        assert_eq!(
            scrape.value("http_server_requests_total", &labels),
            Some(1.0)
        );
    }
}
