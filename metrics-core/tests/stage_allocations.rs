//! Once its series are known, a stage allocates nothing. In a process of its own, since it counts all of them.

#![allow(clippy::unwrap_used, reason = "a test may")]
#![allow(unsafe_code, reason = "only a global allocator sees every allocation")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::future::{pending, ready};
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Waker};

use fedimetrics_core::scope::Scope;
use fedimetrics_core::stage::{DB_QUERY, FETCH, RENDER, Stages};
use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Exporter, Name};

struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: handed through as it came.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: handed through as it came.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A stage in every way that it can be passed through, in a request and in a job.
fn stages(stages: &Stages) {
    let mut cx = Context::from_waker(Waker::noop());
    for mut scope in [
        Scope::request(Some(Name::new("/inbox"))),
        Scope::worker(Name::new("deliver")),
    ] {
        let _within = scope.enter();
        drop(stages.begin(RENDER));
        assert!(
            pin!(stages.time(DB_QUERY, ready(())))
                .poll(&mut cx)
                .is_ready()
        );
        assert!(
            pin!(stages.time(FETCH, pending::<()>()))
                .poll(&mut cx)
                .is_pending()
        );
    }
}

#[test]
fn a_stage_allocates_nothing_once_its_series_are_known() {
    let exporter = Exporter::builder().watch(Stages::global()).build().unwrap();
    let timed = Stages::on(&exporter);
    stages(&timed);
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    for _ in 0..100 {
        stages(&timed);
    }
    let allocated = ALLOCATIONS.load(Ordering::Relaxed) - before;
    assert_eq!(allocated, 0);
    assert!(before > 0, "the allocator counts");
    assert_eq!(Scrape::of(&exporter).sum("stage_calls_total", &[]), 606.0);
}
