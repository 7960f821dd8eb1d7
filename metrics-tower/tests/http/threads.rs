//! Threads: each counts in cells of its own, and what is read is as if they counted in the same.

use std::convert::Infallible;
use std::future::{pending, ready};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;

use bytes::Bytes;
use fedimetrics_core::Exporter;
use fedimetrics_core::testing::Scrape;
use fedimetrics_tower::HttpMetricsLayer;
use http::{Request, Response};
use http_body_util::Full;
use metrics::{
    Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit,
    with_local_recorder,
};
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

/// Hands out another gauge whenever one is asked for, as a recorder with a cell for each thread does.
#[derive(Default)]
struct Apart(Mutex<Vec<Arc<AtomicU64>>>);

impl Recorder for Apart {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        Counter::noop()
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        let gauge = Arc::<AtomicU64>::default();
        if key.name() == "http_server_active_requests" {
            self.0.lock().unwrap().push(gauge.clone());
        }
        Gauge::from_arc(gauge)
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

#[test]
fn a_request_lowers_the_gauge_that_it_raised_wherever_it_ends() {
    let (recorder, layer) = (Apart::default(), HttpMetricsLayer::new());
    let read = || -> Vec<f64> {
        let gauges = recorder.0.lock().unwrap();
        let bits = gauges.iter().map(|gauge| gauge.load(Ordering::Relaxed));
        bits.map(f64::from_bits).collect()
    };
    let open = |_: Request<()>| pending::<Result<Response<Full<Bytes>>, Infallible>>();
    let begin = || layer.layer(service_fn(open)).call(Request::new(()));
    let request = with_local_recorder(&recorder, begin);
    assert_eq!(read().iter().sum::<f64>(), 1.0);
    let gauges = read().len();
    thread::scope(|scope| {
        scope.spawn(|| {
            with_local_recorder(&recorder, || {
                drop(begin());
                assert!(read().len() > gauges, "this thread has some of its own");
                drop(request);
            });
        });
    });
    assert!(read().iter().all(|value| *value == 0.0), "{:?}", read());
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
