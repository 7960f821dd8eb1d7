//! The layers where apalis has no worker around them: they count what they see, and never panic.

use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use apalis::prelude::*;
use fedimetrics_core::Reason;
use fedimetrics_core::scope::{self, Place};
use fedimetrics_jobs::adapter::apalis_1::JobLayer;
use tower::{Layer, Service, service_fn};

use crate::stack::{Seen, observed};

type Outcome = Result<(), BoxDynError>;

fn poll<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn mounted_where_there_is_no_worker_it_counts_and_does_not_panic() {
    let (exporter, job) = observed();
    job.enqueued_to(1);
    let inner = service_fn(|_: Task<u32>| async {
        assert!(matches!(scope::place(), Place::Worker(_)));
        Outcome::Err(AbortError::new(Reason::Blocked).into())
    });
    let mut service = JobLayer::new(job).layer(inner);
    assert!(poll(service.call(Task::new(1))).is_ready());
    assert_eq!(
        Seen::of(&exporter).to_string(),
        "discard blocked 1; attempts 1"
    );
    Seen::of(&exporter).check();
}

#[test]
fn mounted_twice_it_counts_once() {
    let (exporter, job) = observed();
    job.enqueued_to(1);
    let layer = JobLayer::new(job);
    let inner = service_fn(|_: Task<u32>| async { Outcome::Ok(()) });
    let mut service = layer.layer(layer.layer(layer.clone().attempts().layer(inner)));
    assert!(poll(service.call(Task::new(1))).is_ready());
    assert_eq!(Seen::of(&exporter).to_string(), "success 1; attempts 1");
    Seen::of(&exporter).check();
}

#[test]
fn a_future_that_is_never_polled_never_began() {
    let (exporter, job) = observed();
    let inner = service_fn(|_: Task<u32>| async { Outcome::Ok(()) });
    drop(JobLayer::new(job).layer(inner).call(Task::new(1)));
    assert_eq!(Seen::of(&exporter).sum("job_started_total", &[]), 0.0);
}

#[test]
fn a_panic_that_nobody_catches_is_counted_and_goes_on() {
    let (exporter, job) = observed();
    let inner = service_fn(|_: Task<u32>| async { panic!("on purpose") as Outcome });
    let mut service = JobLayer::new(job).layer(JobLayer::new(job).attempts().layer(inner));
    let future = service.call(Task::new(1));
    let caught = catch_unwind(AssertUnwindSafe(|| poll(future).is_ready()));
    assert!(caught.is_err());
    assert_eq!(
        Seen::of(&exporter).to_string(),
        "exception panic 1; attempts 0"
    );
}

#[test]
fn tasks_that_take_turns_on_one_thread_do_not_mix() {
    let (exporter, job) = observed();
    let inner = service_fn(|task: Task<bool>| async move {
        tokio::task::yield_now().await;
        if task.args { Ok(()) } else { pending().await }
    });
    let mut service = JobLayer::new(job).layer(JobLayer::new(job).attempts().layer(inner));
    let mut cx = Context::from_waker(Waker::noop());
    let mut first = Box::pin(service.call(Task::new(true)));
    let mut second = Box::pin(service.call(Task::new(false)));
    assert!(first.as_mut().poll(&mut cx).is_pending());
    assert!(second.as_mut().poll(&mut cx).is_pending());
    assert!(first.as_mut().poll(&mut cx).is_ready());
    assert_eq!(Seen::of(&exporter).to_string(), "success 1; attempts 1");
    drop(second);
    let seen = "success 1; cancelled shutdown 1; attempts 1";
    assert_eq!(Seen::of(&exporter).to_string(), seen);
}

#[test]
fn the_last_outgoing_request_tells_what_a_text_does_not() {
    let (exporter, job) = observed();
    let inner = service_fn(|_: Task<u32>| async {
        scope::note(Some(Reason::http(410)));
        Outcome::Err("some text".into())
    });
    let mut service = JobLayer::new(job).layer(inner);
    assert!(poll(service.call(Task::new(1))).is_ready());
    assert_eq!(
        Seen::of(&exporter).to_string(),
        "exception http_410 1; attempts 0"
    );
}

#[test]
fn an_ok_that_swallowed_a_refusal_is_a_discard_where_that_is_asked_for() {
    let (exporter, job) = observed();
    let inner = service_fn(|_: Task<u32>| async {
        scope::note(Some(Reason::http(410)));
        Outcome::Ok(())
    });
    let mut service = JobLayer::new(job).trusting_verdict().layer(inner);
    assert!(poll(service.call(Task::new(1))).is_ready());
    assert_eq!(
        Seen::of(&exporter).to_string(),
        "discard http_410 1; attempts 1"
    );
}
