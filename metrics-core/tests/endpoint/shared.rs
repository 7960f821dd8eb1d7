//! Those who scrape at the same time share one rendering.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::mpsc;
use std::sync::{Arc, Barrier, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;

use fedimetrics_core::endpoint::{Answer, Body};
use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Access, Endpoint, Exporter};
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower_service::Service;

use crate::support::{PATIENCE, Probe, get, serve, until};

fn request(endpoint: &Endpoint, encoding: &str) -> Answer {
    let request = Request::builder()
        .header("accept-encoding", encoding)
        .body(())
        .unwrap();
    endpoint.clone().call(request)
}

fn poll(answer: &mut Answer) -> Poll<Result<Response<Body>, Infallible>> {
    Pin::new(answer).poll(&mut Context::from_waker(Waker::noop()))
}

/// The one frame of a response.
async fn frame(response: Response<Body>) -> bytes::Bytes {
    let mut body = response.into_body();
    body.frame().await.unwrap().unwrap().into_data().unwrap()
}

#[tokio::test]
async fn who_comes_before_it_is_rendered_shares_it_down_to_the_compressed_bytes() {
    let probe = Probe::new("probe", || {});
    let exporter = Exporter::builder().collect(probe.clone()).build().unwrap();
    let endpoint = exporter.endpoint(Access::open());
    let mut answers: Vec<_> = (0..20).map(|_| request(&endpoint, "gzip")).collect();
    for answer in &mut answers {
        assert!(
            poll(answer).is_pending(),
            "a layer around it sees it once before"
        );
    }
    assert_eq!(probe.reads(), 0);
    let mut pointers = Vec::new();
    for answer in &mut answers {
        let Poll::Ready(Ok(response)) = poll(answer) else {
            panic!("it is rendered by now");
        };
        pointers.push(frame(response).await.as_ptr());
    }
    assert_eq!(probe.reads(), 1);
    pointers.dedup();
    assert_eq!(pointers.len(), 1);
    let Ok(later) = request(&endpoint, "").await;
    assert_eq!(
        (probe.reads(), later.status().as_u16()),
        (2, 200),
        "and a later one has newer numbers"
    );
}

#[tokio::test]
async fn plain_and_compressed_are_one_rendering() {
    let probe = Probe::new("probe", || {});
    let exporter = Exporter::builder().collect(probe.clone()).build().unwrap();
    let endpoint = exporter.endpoint(Access::open());
    let (mut plain, mut gzip) = (request(&endpoint, ""), request(&endpoint, "gzip"));
    assert!(poll(&mut plain).is_pending() && poll(&mut gzip).is_pending());
    let (Ok(plain), Ok(gzip)) = (plain.await, gzip.await);
    assert_eq!(probe.reads(), 1);
    assert_eq!(plain.headers().get("content-encoding"), None);
    assert_eq!(gzip.headers()["content-encoding"], "gzip");
}

/// A rendering that goes on until it is let go, on a thread of its own.
struct Held {
    thread: thread::JoinHandle<u16>,
    begun: mpsc::Receiver<()>,
    release: mpsc::Sender<()>,
}

fn held(most: usize) -> (Endpoint, Exporter, Held) {
    let (begin, begun) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let released = Mutex::new(released);
    let probe = Probe::new("held", move || {
        let _ = begin.send(());
        let _ = released.lock().unwrap().recv_timeout(PATIENCE);
    });
    let exporter = Exporter::builder().collect(probe).build().unwrap();
    let endpoint = exporter.endpoint(Access::open()).with_waiting(most);
    let mut first = request(&endpoint, "");
    let thread = thread::spawn(move || {
        assert!(poll(&mut first).is_pending());
        match poll(&mut first) {
            Poll::Ready(Ok(response)) => response.status().as_u16(),
            Poll::Pending => panic!("rendering is one poll"),
        }
    });
    (
        endpoint,
        exporter,
        Held {
            thread,
            begun,
            release,
        },
    )
}

#[tokio::test]
async fn who_comes_while_it_is_rendered_waits_and_one_too_many_is_told_to_come_back() {
    let (endpoint, exporter, held) = held(3);
    held.begun.recv_timeout(PATIENCE).unwrap();
    let mut waiting: Vec<_> = (0..2).map(|_| Box::pin(request(&endpoint, ""))).collect();
    for answer in &mut waiting {
        assert!(poll(answer).is_pending());
        assert!(poll(answer).is_pending());
    }
    let Ok(refused) = request(&endpoint, "").await;
    assert_eq!(refused.status(), 503);
    assert_eq!(refused.headers()["retry-after"], "1");
    // Who goes makes room.
    drop(waiting.pop());
    waiting.push(Box::pin(request(&endpoint, "")));
    assert!(waiting.iter_mut().all(|answer| poll(answer).is_pending()));
    let woken = tokio::spawn(async move {
        let mut texts = Vec::new();
        for answer in waiting {
            let Ok(response) = answer.await;
            texts.push(frame(response).await);
        }
        texts
    });
    tokio::task::yield_now().await;
    held.release.send(()).unwrap();
    let texts = woken.await.unwrap();
    assert_eq!(held.thread.join().unwrap(), 200);
    assert_eq!(texts[0].as_ptr(), texts[1].as_ptr());
    drop(held.release);
    let scrape = Scrape::of(&exporter);
    assert_eq!(
        scrape.value("exporter_scrapes_total", &[("code", "503")]),
        Some(1.0)
    );
    assert_eq!(
        scrape.value("exporter_scrapes_total", &[("code", "200")]),
        Some(3.0)
    );
}

#[tokio::test]
async fn a_rendering_that_panics_is_503_for_all_who_wait_and_the_next_one_works() {
    let broken = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let render = {
        let broken = broken.clone();
        move || {
            assert!(
                !broken.load(std::sync::atomic::Ordering::SeqCst),
                "as it was told"
            );
            "fine 1\n".to_owned()
        }
    };
    let endpoint = Endpoint::over(render, Access::open());
    let (mut one, mut other) = (request(&endpoint, ""), request(&endpoint, ""));
    assert!(poll(&mut one).is_pending() && poll(&mut other).is_pending());
    let (Ok(one), Ok(other)) = (one.await, other.await);
    assert_eq!((one.status().as_u16(), other.status().as_u16()), (503, 503));
    broken.store(false, std::sync::atomic::Ordering::SeqCst);
    let Ok(next) = request(&endpoint, "").await;
    assert_eq!(next.status(), 200);
}

#[tokio::test]
async fn whoever_goes_before_the_rendering_leaves_it_to_the_next() {
    let exporter = Exporter::builder().build().unwrap();
    let endpoint = exporter.endpoint(Access::open()).with_waiting(2);
    for _ in 0..10 {
        let (mut gone, mut stays) = (request(&endpoint, ""), request(&endpoint, ""));
        assert!(poll(&mut gone).is_pending() && poll(&mut stays).is_pending());
        drop(gone);
        let Ok(response) = stays.await;
        assert_eq!(response.status(), 200);
    }
}

/// All at once, from threads that wait for each other.
fn fifty(address: std::net::SocketAddr) {
    let barrier = Arc::new(Barrier::new(50));
    let clients: Vec<_> = (0..50)
        .map(|number| {
            let barrier = barrier.clone();
            thread::spawn(move || {
                let encoding = if number % 2 == 0 { "gzip" } else { "identity" };
                barrier.wait();
                get(
                    address,
                    &[
                        ("accept-encoding", encoding),
                        ("accept", "application/openmetrics-text"),
                    ],
                )
            })
        })
        .collect();
    for client in clients {
        let reply = client.join().unwrap();
        assert_eq!(reply.status, 200);
        let text = reply.text();
        assert!(text.ends_with("# EOF\n"), "half a scrape");
        assert!(Scrape::parse(&text).has("demo_seen"));
    }
}

/// Takes as long as the whole process of a large server, so that there is something to share.
fn laborious() -> (Probe, Exporter) {
    let probe = Probe::new("probe", || {
        thread::sleep(std::time::Duration::from_millis(40))
    });
    let exporter = Exporter::builder().collect(probe.clone()).build().unwrap();
    (probe, exporter)
}

#[test]
fn fifty_scrapers_at_once_cost_a_few_renderings_on_a_listener_of_one_thread() {
    let (probe, exporter) = laborious();
    let (_serving, address) = serve(&exporter, Access::open());
    fifty(address);
    assert!(probe.reads() <= 25, "{} renderings", probe.reads());
    assert_eq!(
        Scrape::of(&exporter).value("exporter_scrapes_total", &[("code", "200")]),
        Some(50.0)
    );
}

#[test]
fn fifty_scrapers_at_once_cost_a_few_renderings_in_a_hosts_server() {
    let (probe, exporter) = laborious();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .unwrap();
    let listener = runtime
        .block_on(TcpListener::bind(("127.0.0.1", 0)))
        .unwrap();
    let address = listener.local_addr().unwrap();
    let endpoint = exporter.endpoint(Access::open());
    runtime.spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let service = TowerToHyperService::new(endpoint.clone());
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    fifty(address);
    assert!(probe.reads() <= 25, "{} renderings", probe.reads());
    until("all are counted", || {
        let counted = Scrape::of(&exporter);
        counted.value("exporter_scrapes_total", &[("code", "200")]) == Some(50.0)
    });
}
