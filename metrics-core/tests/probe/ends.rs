//! How a probe begins and ends, and what it leaves behind.

use std::time::Instant;

use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Exporter, Probe};

use crate::support::{Held, Pools, probed, runtime, until};

#[test]
fn what_is_watched_reads_zero_before_it_runs_and_has_no_age() {
    let unasked = runtime(1, 1);
    let probe = Probe::new("main", unasked.handle().clone());
    let exporter = Exporter::builder().watch(&probe).build().unwrap();
    let pools = Pools(Scrape::of(&exporter), "main");
    assert_eq!(pools.answers("async") + pools.answers("blocking"), 0.0);
    assert_eq!(pools.age("async"), None);
}

#[test]
fn a_runtime_that_ends_is_let_go_and_the_others_are_still_asked() {
    let (front, back) = (runtime(1, 1), runtime(1, 1));
    let (exporter, _probing) = probed(&[("front", &front), ("back", &back)]);
    until(&exporter, "back", "probed", |pools| {
        pools.answers("async") >= 1.0
    });
    drop(back);
    until(&exporter, "back", "gone", |pools| {
        pools.age("async").is_none() && pools.age("blocking").is_none()
    });
    let before = Pools(Scrape::of(&exporter), "front").answers("async");
    until(&exporter, "front", "answered", |pools| {
        pools.answers("async") >= before + 3.0
    });
}

#[test]
fn a_runtime_that_ends_while_it_is_stalled_is_let_go_too() {
    let stalled = runtime(1, 1);
    let (exporter, probing) = probed(&[("main", &stalled)]);
    let held = Held::workers(stalled.handle(), 1);
    until(&exporter, "main", "stalled", |pools| {
        pools.age("async") > Some(0.3)
    });
    stalled.shutdown_background();
    held.release();
    until(&exporter, "main", "gone", |pools| {
        pools.age("async").is_none()
    });
    // Its thread has ended by itself; there is nothing left to end.
    probing.shutdown();
}

#[test]
fn a_runtime_that_had_ended_before_is_no_harm() {
    let gone = runtime(1, 1);
    let handle = gone.handle().clone();
    drop(gone);
    let exporter = Exporter::builder().build().unwrap();
    Probe::new("main", handle)
        .on(&exporter)
        .spawn()
        .unwrap()
        .shutdown();
}

#[test]
fn a_probe_that_is_ended_leaves_no_thread_and_no_age() {
    let asked = runtime(1, 1);
    let (exporter, probing) = probed(&[("main", &asked)]);
    until(&exporter, "main", "probed", |pools| {
        pools.answers("async") >= 1.0
    });
    probing.shutdown();
    let after = Pools(Scrape::of(&exporter), "main");
    assert_eq!(after.age("async"), None);
    assert!(after.answers("async") >= 1.0);
}

#[test]
fn dropping_it_within_a_runtime_ends_it_without_waiting() {
    let asked = runtime(1, 1);
    let (exporter, probing) = probed(&[("main", &asked)]);
    asked.block_on(async move { drop(probing) });
    until(&exporter, "main", "ended", |pools| {
        pools.age("async").is_none()
    });
}

/// What it may take, 0.1 % of a core, the bench measures. Here is what that rests on.
#[test]
fn the_workers_are_asked_ten_times_a_second_and_the_blocking_pool_once() {
    let asked = runtime(1, 1);
    let begun = Instant::now();
    let (exporter, _probing) = probed(&[("main", &asked)]);
    let pools = until(&exporter, "main", "probed for a while", |pools| {
        pools.answers("async") >= 30.0
    });
    // Beats are uneven, by a half at most; a machine that is busy misses some.
    let seconds = begun.elapsed().as_secs_f64();
    assert!(
        pools.answers("async") <= 1.0 + 20.0 * seconds,
        "in {seconds} s"
    );
    assert!(
        pools.answers("blocking") <= 1.0 + 2.0 * seconds,
        "in {seconds} s"
    );
}
