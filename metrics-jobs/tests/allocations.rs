//! Once its series are known, an attempt allocates nothing. In a process of its own, since it counts all of them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]
#![allow(unsafe_code, reason = "only a global allocator sees every allocation")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::io::{self, ErrorKind};
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Waker};
use std::time::SystemTime;

use fedimetrics_core::{Exporter, Reason};
use fedimetrics_jobs::{Attempt, Job};

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

static DELIVER: Job = Job::delivery("federation_out", "deliver");

/// An attempt in every way that a server ends thousands of.
fn attempts(job: &Job, now: SystemTime) {
    let attempt = Attempt::number(2)
        .of(2)
        .available_at(now)
        .created_at(now)
        .published_at(now);
    job.enqueued();
    job.start(attempt).success();
    job.start(attempt)
        .exception(&io::Error::from(ErrorKind::ConnectionReset));
    job.start(attempt).final_failure(&Reason::http(410));
    job.start(attempt).discard(&Reason::Blocked);
    job.start(attempt).snooze(Reason::Backoff);
    drop(job.start(attempt));
    for host in ["a.example", "https://b.example/users/bob/inbox"] {
        job.start(attempt).to(host).success();
        job.start(attempt).to(host).exception(&Reason::Timeout);
        job.start(attempt).to(host).discard(&Reason::http(410));
    }
    job.dropped(Reason::QueueFull);
    let mut cx = Context::from_waker(Waker::noop());
    let known = job.attempt(attempt).to("c.example");
    let known = pin!(known.run(async { Err::<(), _>(Reason::Timeout) })).poll(&mut cx);
    assert!(known.is_ready());
    let failing = async { Err::<(), _>(io::Error::from(ErrorKind::ConnectionRefused)) };
    assert!(
        pin!(job.attempt(attempt).run(failing))
            .poll(&mut cx)
            .is_ready()
    );
    let hanging = std::future::pending::<io::Result<()>>();
    assert!(
        pin!(job.attempt(attempt).run(hanging))
            .poll(&mut cx)
            .is_pending()
    );
}

#[test]
fn an_attempt_allocates_nothing_once_its_series_are_known() {
    let exporter = Exporter::builder().watch(&DELIVER).build().unwrap();
    let job = DELIVER.on(&exporter);
    let now = SystemTime::now();
    attempts(&job, now);
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    for _ in 0..100 {
        attempts(&job, now);
    }
    let allocated = ALLOCATIONS.load(Ordering::Relaxed) - before;
    assert_eq!(allocated, 0);
    assert!(before > 0, "the allocator counts");
}
