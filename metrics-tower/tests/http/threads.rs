//! Threads: each counts in cells of its own, and what is read is as if they counted in the same.

use std::convert::Infallible;
use std::future::{pending, ready};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::task::{Context, Poll, Waker};
use std::thread;

use bytes::Bytes;
use fedimetrics_core::Exporter;
use fedimetrics_core::testing::Scrape;
use fedimetrics_tower::HttpMetricsLayer;
use http::{Request, Response};
use http_body_util::Full;
use tower::{Layer, Service, service_fn};

fn layer() -> (Exporter, HttpMetricsLayer) {
    let layer = HttpMetricsLayer::new();
    let exporter = Exporter::builder().watch(&layer).build().unwrap();
    let layer = layer.on(&exporter);
    (exporter, layer)
}

#[test]
fn requests_that_end_on_another_thread_than_they_began_on_never_read_as_fewer_than_none() {
    let (exporter, layer) = layer();
    let over = AtomicBool::new(false);
    let (give, take) = sync_channel(4);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut service = layer.layer(service_fn(|_: Request<()>| {
                pending::<Result<Response<Full<Bytes>>, Infallible>>()
            }));
            for _ in 0..50_000 {
                give.send(service.call(Request::new(()))).unwrap();
            }
            drop(give);
        });
        scope.spawn(|| {
            take.into_iter().for_each(drop);
            over.store(true, Ordering::Relaxed);
        });
        while !over.load(Ordering::Relaxed) {
            let active = Scrape::of(&exporter).sum("http_server_active_requests", &[]);
            // One begins, four are on their way, one ends.
            assert!((0.0..=6.0).contains(&active), "{active}");
        }
    });
    let scrape = Scrape::of(&exporter);
    assert_eq!(scrape.sum("http_server_active_requests", &[]), 0.0);
    let cancelled = [("outcome", "cancelled")];
    assert_eq!(
        scrape.sum("http_server_outcomes_total", &cancelled),
        50_000.0
    );
}

#[test]
fn the_cap_on_routes_is_one_for_all_threads() {
    let (exporter, layer) = layer();
    let layer = layer
        .with_max_routes(3)
        .with_route_template(|asked| Some(asked.uri().path()));
    let ask = |path: &str| {
        let ok =
            |_: Request<()>| ready(Ok::<_, Infallible>(Response::new(Full::<Bytes>::default())));
        let mut service = layer.layer(service_fn(ok));
        let request = Request::get(path).body(()).unwrap();
        let mut context = Context::from_waker(Waker::noop());
        let answered = pin!(service.call(request)).poll(&mut context);
        assert!(matches!(answered, Poll::Ready(Ok(_))));
    };
    for thread in 0..4 {
        let own = format!("/{thread}");
        thread::scope(|scope| {
            scope.spawn(|| ["/0", &own].into_iter().for_each(ask));
        });
    }
    let scrape = Scrape::of(&exporter);
    let of = |route| scrape.sum("http_server_requests_total", &[("http_route", route)]);
    assert_eq!(
        ["/0", "/1", "/2", "/3", "_other"].map(of),
        [5.0, 1.0, 1.0, 0.0, 1.0]
    );
}
