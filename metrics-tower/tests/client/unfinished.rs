//! Requests that end without an answer and without an error: dropped, or in a panic.

use std::future::{pending, poll_fn};
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use fedimetrics_core::Reason;
use fedimetrics_core::scope::Scope;
use futures_util::FutureExt;
use http::{Request, Response};
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};

use crate::clients::Client;
use crate::neighbour::{Manner, neighbour};
use crate::seen::Seen;

type Answer = Result<Response<()>, std::io::Error>;

#[tokio::test]
async fn a_request_that_is_dropped_where_it_waits_is_cancelled_and_no_failure() {
    for client in Client::ALL {
        let url = neighbour(Manner::Hang).await;
        let seen = Seen::new();
        let mut scope = Scope::default();
        {
            let _entered = scope.enter();
            let mut asking = pin!(client.post(seen.layer.clone(), &url, None));
            let polled = poll_fn(|context| Poll::Ready(asking.as_mut().poll(context))).await;
            assert!(polled.is_pending());
            assert_eq!(seen.active(), 1.0, "{client:?}");
        }
        seen.assert_one_ended("", "cancelled", &format!("{client:?}"));
        assert_eq!(scope.verdict(), None, "{client:?}: nobody failed");
    }
}

#[tokio::test]
async fn a_future_that_is_dropped_unpolled_is_cancelled() {
    let seen = Seen::new();
    let hanging = service_fn(|_: Request<()>| pending::<Answer>());
    let future = seen.layer.clone().layer(hanging).call(Request::new(()));
    assert_eq!(seen.active(), 1.0);
    drop(future);
    seen.assert_one_ended("", "cancelled", "unpolled");
}

#[tokio::test(start_paused = true)]
async fn a_timeout_outside_cancels_and_one_inside_is_a_timeout() {
    let hanging = || service_fn(|_: Request<()>| pending::<Answer>());
    let patience = Duration::from_secs(3);
    let seen = Seen::new();
    let outside = ServiceBuilder::new()
        .timeout(patience)
        .layer(seen.layer.clone())
        .service(hanging());
    outside.oneshot(Request::new(())).await.unwrap_err();
    seen.assert_one_ended("", "cancelled", "outside");

    let seen = Seen::new();
    let inside = ServiceBuilder::new()
        .layer(seen.layer.clone().with_boxed_errors())
        .timeout(patience)
        .service(hanging());
    inside.oneshot(Request::new(())).await.unwrap_err();
    seen.assert_one_ended("", "timeout", "inside");
}

#[tokio::test]
async fn a_panic_is_one_wherever_it_is_caught() {
    let seen = Seen::new();
    let panicking = service_fn(async |_: Request<()>| -> Answer { panic!("in a poll") });
    let client = seen.layer.clone().layer(panicking);
    let mut scope = Scope::default();
    {
        let _entered = scope.enter();
        let caught = AssertUnwindSafe(client.oneshot(Request::new(()))).catch_unwind();
        caught.now_or_never().unwrap().unwrap_err();
    }
    seen.assert_one_ended("", "panic", "in a poll");
    assert_eq!(scope.verdict(), Some(Reason::Panic));

    let seen = Seen::new();
    let panicking =
        service_fn(|_: Request<()>| -> std::future::Ready<Answer> { panic!("in call") });
    let mut client = seen.layer.clone().layer(panicking);
    std::panic::catch_unwind(AssertUnwindSafe(|| client.call(Request::new(())))).unwrap_err();
    seen.assert_one_ended("", "panic", "in call");
}

#[test]
fn it_counts_once_however_often_it_is_polled() {
    let seen = Seen::new();
    let mut left = 3;
    let slow = service_fn(|_: Request<()>| {
        poll_fn(move |_| {
            left -= 1;
            if left == 0 {
                Poll::Ready(Answer::Ok(Response::new(())))
            } else {
                Poll::Pending
            }
        })
    });
    let mut future = pin!(seen.layer.clone().layer(slow).call(Request::new(())));
    let mut context = Context::from_waker(Waker::noop());
    while future.as_mut().poll(&mut context).is_pending() {
        assert_eq!(seen.active(), 1.0);
    }
    seen.assert_one_ended("200", "", "polled thrice");
}
