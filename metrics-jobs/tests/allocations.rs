//! Once its series are known, an attempt allocates nothing.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use std::io::{self, ErrorKind};
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::SystemTime;

use allocation_counter::measure;
use fedimetrics_core::{Exporter, Reason};
use fedimetrics_jobs::{Attempt, Job};

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
    assert!(measure(|| attempts(&job, now)).count_total > 0, "it counts");
    let spent = measure(|| (0..100).for_each(|_| attempts(&job, now)));
    assert_eq!(spent.count_total, 0);
}
