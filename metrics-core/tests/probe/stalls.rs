//! A stall shows in the pool that is stalled, at once, and passes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::support::{Held, probed, runtime, until};

#[test]
fn an_idle_runtime_is_near_zero() {
    let idle = runtime(1, 1);
    let (exporter, _probing) = probed(&[("main", &idle)]);
    let pools = until(&exporter, "main", "probed", |pools| {
        pools.answers("async") >= 20.0 && pools.answers("blocking") >= 2.0
    });
    // Others use this machine: most of the answers, and not all.
    let soon = pools.within("async", "0.025");
    assert!(soon > pools.answers("async") / 2.0, "{:?}", pools.0);
}

#[test]
fn a_stall_of_all_workers_shows_while_it_lasts_and_the_blocking_pool_does_not_move() {
    let stalled = runtime(2, 4);
    let (exporter, _probing) = probed(&[("main", &stalled)]);
    until(&exporter, "main", "probed", |pools| {
        pools.answers("async") >= 1.0 && pools.answers("blocking") >= 1.0
    });
    let begun = Instant::now();
    let held = Held::workers(stalled.handle(), 2);
    let first = until(&exporter, "main", "stalled", |pools| {
        pools.age("async") > Some(0.2)
    });
    let later = until(&exporter, "main", "stalled for long", |pools| {
        pools.age("async") > Some(1.0) && pools.answers("blocking") > first.answers("blocking")
    });
    // It is as old as the stall, less what passed until it was sent.
    assert!(later.age("async").unwrap() <= begun.elapsed().as_secs_f64() + 0.2);
    assert_eq!(later.answers("async"), first.answers("async"));
    assert!(later.age("blocking") < later.age("async"));

    held.release();
    let after = until(&exporter, "main", "well again", |pools| {
        pools.answers("async") >= later.answers("async") + 5.0
    });
    // It was one, however long: and it waited for as long as it was shown.
    let waited = after.waited("async") - later.waited("async");
    assert!(waited >= later.age("async").unwrap(), "{waited}");
    until(&exporter, "main", "at rest", |pools| {
        pools.age("async") < Some(0.1)
    });
}

#[test]
fn one_blocked_worker_of_two_does_not_look_like_a_stall() {
    let half = runtime(2, 1);
    let (exporter, _probing) = probed(&[("main", &half)]);
    let _held = Held::workers(half.handle(), 1);
    let first = until(&exporter, "main", "probed", |pools| {
        pools.answers("async") >= 1.0
    });
    until(&exporter, "main", "answered all the same", |pools| {
        pools.answers("async") >= first.answers("async") + 10.0
    });
}

#[test]
fn a_flood_of_the_blocking_pool_moves_that_pool_alone() {
    let flooded = runtime(1, 2);
    let (exporter, _probing) = probed(&[("main", &flooded)]);
    let held = Held::blocking(flooded.handle(), 20);
    let stalled = until(&exporter, "main", "stalled", |pools| {
        pools.age("blocking") > Some(1.0)
    });
    let later = until(&exporter, "main", "stalled for long", |pools| {
        pools.age("blocking") > Some(1.5)
            && pools.answers("async") >= stalled.answers("async") + 3.0
    });
    assert_eq!(later.answers("blocking"), stalled.answers("blocking"));
    assert!(later.age("async") < later.age("blocking"));
    held.release();
    until(&exporter, "main", "well again", |pools| {
        pools.answers("blocking") > later.answers("blocking") && pools.age("blocking") < Some(0.1)
    });
}

#[test]
fn a_flood_of_tasks_is_waited_through_and_passes() {
    let flooded = runtime(2, 1);
    let (exporter, _probing) = probed(&[("main", &flooded)]);
    let idle = until(&exporter, "main", "probed", |pools| {
        pools.answers("async") >= 10.0
    });
    let flood = Arc::new(AtomicBool::new(true));
    for _ in 0..200 {
        let flood = flood.clone();
        flooded.spawn(async move {
            while flood.load(Ordering::Relaxed) {
                let begun = Instant::now();
                while begun.elapsed() < Duration::from_millis(2) {
                    std::hint::spin_loop();
                }
                tokio::task::yield_now().await;
            }
        });
    }
    // 200 tasks of 2 ms on 2 workers: a round takes 0.2 s.
    let under = until(&exporter, "main", "flooded", |pools| {
        pools.answers("async") >= idle.answers("async") + 5.0
    });
    let more = until(&exporter, "main", "flooded for long", |pools| {
        pools.answers("async") >= under.answers("async") + 5.0
    });
    let mean = |late: f64, early: f64, answers: f64| (late - early) / answers;
    let answers = more.answers("async") - under.answers("async");
    let flooded_mean = mean(more.waited("async"), under.waited("async"), answers);
    let idle_mean = mean(idle.waited("async"), 0.0, idle.answers("async"));
    assert!(flooded_mean > 0.05, "{flooded_mean}");
    assert!(
        flooded_mean > 3.0 * idle_mean,
        "{flooded_mean} and {idle_mean}"
    );
    flood.store(false, Ordering::Relaxed);
    until(&exporter, "main", "well again", |pools| {
        pools.answers("async") >= more.answers("async") + 5.0 && pools.age("async") < Some(0.1)
    });
}

#[test]
fn of_two_runtimes_only_the_one_that_is_stalled_shows_it() {
    let (front, back) = (runtime(1, 1), runtime(1, 1));
    let (exporter, _probing) = probed(&[("front", &front), ("back", &back)]);
    let _held = Held::workers(back.handle(), 1);
    until(&exporter, "back", "stalled", |pools| {
        pools.age("async") > Some(0.5)
    });
    let before = until(&exporter, "front", "probed", |pools| {
        pools.answers("async") >= 1.0
    });
    until(&exporter, "front", "answered", |pools| {
        pools.answers("async") >= before.answers("async") + 5.0
    });
}
