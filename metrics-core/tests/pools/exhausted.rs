//! What a pool of one connection has to show, whichever make it is of.

use std::fmt::Debug;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use fedimetrics_core::pool::{Acquired, Connections, Counts, Pool};
use fedimetrics_core::scope::Scope;
use fedimetrics_core::stage::Stages;
use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Exporter, Name};
use tokio::time::{sleep, timeout};

/// How long the pools under test wait for a connection of theirs.
pub(crate) const LIMIT: Duration = Duration::from_secs(1);

/// What is scraped of a pool.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Shown {
    pub(crate) idle: f64,
    pub(crate) used: f64,
    pub(crate) max: f64,
    pub(crate) pending: f64,
    pub(crate) waits: f64,
    pub(crate) timeouts: f64,
}

impl Shown {
    pub(crate) fn of(exporter: &Exporter, pool: &str) -> Self {
        let scrape = Scrape::of(exporter);
        let value = |name: &str, state: Option<&str>| {
            let mut labels = vec![("db_client_connection_pool_name", pool)];
            labels.extend(state.map(|state| ("db_client_connection_state", state)));
            let value = scrape.value(&format!("db_client_connection_{name}"), &labels);
            value.unwrap_or(f64::NEG_INFINITY)
        };
        Self {
            idle: value("count", Some("idle")),
            used: value("count", Some("used")),
            max: value("max", None),
            pending: value("pending_requests", None),
            waits: value("wait_time_seconds_count", None),
            timeouts: value("timeouts_total", None),
        }
    }
}

/// Polls once, in the handling of a request.
pub(crate) async fn is_pending<F: Future>(future: &mut Pin<Box<F>>) -> bool {
    poll_fn(|cx| Poll::Ready(in_request(|| future.as_mut().poll(cx)).is_pending())).await
}

/// Polls until it is ready, in the handling of a request.
pub(crate) async fn within<F: Future>(future: F) -> F::Output {
    let mut future = Box::pin(future);
    poll_fn(|cx| in_request(|| future.as_mut().poll(cx))).await
}

fn in_request<T>(run: impl FnOnce() -> T) -> T {
    let mut scope = Scope::request(Some(Name::new("/inbox")));
    let _within = scope.enter();
    run()
}

/// Takes the one connection of this pool, waits for it, gives up, and gives it back.
pub(crate) async fn exhaust<F, T, E>(
    connections: impl Connections + 'static,
    acquire: impl Fn() -> F,
) where
    F: Future<Output = Result<T, E>>,
    Result<T, E>: Acquired,
    E: Debug,
{
    let (main, other) = (
        Pool::new("main").with_max(1),
        Pool::new("other").with_max(7),
    );
    let exporter = Exporter::builder()
        .watch(&main)
        .watch(&other)
        .watch(Stages::global())
        .build()
        .unwrap();
    other.reads(Counts::default);
    let of_other = Shown::of(&exporter, "other");
    let pool = main.on(&exporter);
    let shown = || Shown::of(&exporter, "main");
    assert_eq!(shown().max, f64::NEG_INFINITY, "absent until it is known");
    pool.reads(connections);

    let held = within(pool.acquire(acquire())).await.unwrap();
    let one_used = Shown {
        idle: 0.0,
        used: 1.0,
        max: 1.0,
        pending: 0.0,
        waits: 1.0,
        timeouts: 0.0,
    };
    assert_eq!(shown(), one_used);

    // Waiting shows, and nothing else moves.
    let mut waits = Box::pin(pool.acquire(acquire()));
    let mut gives_up = Box::pin(pool.acquire(acquire()));
    assert_eq!(
        shown(),
        one_used,
        "a future that is not polled does not wait"
    );
    assert!(is_pending(&mut waits).await);
    assert!(is_pending(&mut gives_up).await);
    let pending = |pending, waits| Shown {
        pending,
        waits,
        ..one_used
    };
    assert_eq!(shown(), pending(2.0, 1.0));
    drop(gives_up);
    assert_eq!(shown(), pending(1.0, 2.0), "whoever gave up does not wait");
    drop(held);
    let held = within(waits).await.unwrap();
    assert_eq!(shown(), pending(0.0, 3.0));

    // The pool's own time limit.
    assert!(within(pool.acquire(acquire())).await.is_err());
    let timed_out = Shown {
        timeouts: 1.0,
        ..pending(0.0, 4.0)
    };
    assert_eq!(shown(), timed_out);

    // The host's: to the pool it is somebody who gave up.
    let soon = Duration::from_millis(20);
    assert!(
        within(timeout(soon, pool.acquire(acquire())))
            .await
            .is_err()
    );
    let timed_out = Shown {
        waits: 5.0,
        ..timed_out
    };
    assert_eq!(shown(), timed_out);

    drop(held);
    let idle = Shown {
        idle: 1.0,
        used: 0.0,
        ..timed_out
    };
    let returned = async {
        while shown() != idle {
            sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(Duration::from_secs(10), returned).await.unwrap();

    let scrape = Scrape::of(&exporter);
    let waited = scrape.value(
        "db_client_connection_wait_time_seconds_sum",
        &[("db_client_connection_pool_name", "main")],
    );
    assert!(waited >= Some(LIMIT.as_secs_f64() * 0.95), "{waited:?}");
    let db_wait = [
        ("http_route", "/inbox"),
        ("worker", ""),
        ("stage", "db_wait"),
    ];
    assert_eq!(scrape.value("stage_calls_total", &db_wait), Some(5.0));
    let seconds = scrape.value("stage_seconds_total", &db_wait);
    assert!(seconds >= Some(LIMIT.as_secs_f64() * 0.95), "{seconds:?}");
    assert_eq!(Shown::of(&exporter, "other"), of_other, "another pool");
}
