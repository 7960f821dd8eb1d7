//! What tokio tells only with `--cfg tokio_unstable`: `./check unstable` runs this with it.

#![cfg(tokio_unstable)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Exporter, catalogue};
use tokio::runtime::{Builder, Runtime};

fn runtime(workers: usize) -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(workers)
        .max_blocking_threads(2)
        .build()
        .unwrap()
}

fn exporter(runtime: &Runtime) -> Exporter {
    let builder = Exporter::builder();
    let builder = builder.with_runtime("main", runtime.handle().clone());
    builder.build().unwrap()
}

/// Scrapes until it is so.
fn until(exporter: &Exporter, is_so: impl Fn(&Scrape) -> bool) {
    let begun = Instant::now();
    loop {
        let scrape = Scrape::of(exporter);
        if is_so(&scrape) {
            return;
        }
        assert!(begun.elapsed().as_secs() < 60, "{scrape:?}");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn calls_that_wait_for_a_thread_are_counted_and_so_are_the_threads() {
    let runtime = runtime(1);
    let exporter = exporter(&runtime);
    let (release, hold) = channel::<()>();
    let hold = Arc::new(Mutex::new(hold));
    for _ in 0..5 {
        let hold = hold.clone();
        runtime.spawn_blocking(move || drop(hold.lock().map(|hold| hold.recv())));
    }
    let threads =
        |scrape: &Scrape, state| scrape.value("tokio_blocking_threads", &[("state", state)]);
    until(&exporter, |scrape| {
        // The worker is a thread of that pool as well.
        scrape.value("tokio_blocking_queue_depth", &[]) == Some(3.0)
            && threads(scrape, "busy") >= Some(2.0)
            && threads(scrape, "idle") == Some(0.0)
    });
    drop(release);
    until(&exporter, |scrape| {
        scrape.value("tokio_blocking_queue_depth", &[]) == Some(0.0)
            && threads(scrape, "idle") == Some(2.0)
    });
}

#[test]
fn tasks_in_a_worker_s_own_queue_are_seen_where_the_global_one_is_empty() {
    let runtime = runtime(1);
    let exporter = exporter(&runtime);
    let scrape = runtime.block_on(async move {
        let spawning = tokio::spawn(async move {
            (0..10).for_each(|_| drop(tokio::spawn(async {})));
            Scrape::of(&exporter)
        });
        spawning.await.unwrap()
    });
    // The last one has a place of its own, from which it is run next.
    assert_eq!(scrape.value("tokio_local_queue_depth", &[]), Some(9.0));
    assert_eq!(scrape.value("tokio_global_queue_depth", &[]), Some(0.0));
}

#[test]
fn a_poll_that_takes_long_shows_as_such() {
    let runtime = runtime(1);
    let exporter = exporter(&runtime);
    for _ in 0..10 {
        runtime.spawn(async { thread::sleep(Duration::from_millis(20)) });
    }
    until(&exporter, |scrape| {
        scrape.value("tokio_polls_total", &[]) >= Some(10.0)
            && scrape.value("tokio_poll_mean_seconds", &[]) > Some(0.001)
    });
}

#[test]
fn a_task_that_never_waits_is_made_to() {
    let runtime = runtime(1);
    let exporter = exporter(&runtime);
    let forced = || Scrape::of(&exporter).value("tokio_budget_forced_yields_total", &[]);
    assert_eq!(forced(), Some(0.0));
    runtime.block_on(async {
        let greedy = tokio::spawn(async {
            for _ in 0..1_000 {
                tokio::task::consume_budget().await;
            }
        });
        greedy.await.unwrap();
    });
    assert!(forced() > Some(0.0));
}

#[test]
fn what_a_worker_takes_from_another_is_counted() {
    let runtime = runtime(2);
    let exporter = exporter(&runtime);
    let busy = || thread::sleep(Duration::from_millis(1));
    runtime.spawn(async move {
        for _ in 0..100 {
            tokio::spawn(async move { busy() });
        }
        busy();
    });
    until(&exporter, |scrape| {
        scrape.value("tokio_steals_total", &[]) > Some(0.0)
    });
}

#[test]
fn everything_that_is_declared_of_a_runtime_is_there() {
    let runtime = runtime(1);
    let scrape = Scrape::of(&exporter(&runtime));
    let probed = ["tokio_schedule_delay_seconds", "tokio_probe_age_seconds"];
    let missing: Vec<_> = catalogue::ALL
        .iter()
        .map(|metric| metric.name())
        .filter(|name| name.starts_with("tokio_") && !probed.contains(name))
        .filter(|name| !scrape.has(name))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
