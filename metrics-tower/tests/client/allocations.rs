//! What a request costs in allocations, once its series are known: none.

#![allow(unsafe_code, reason = "only an allocator can count allocations")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::convert::Infallible;
use std::future::{Future, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use fedimetrics_tower::{HttpClientMetricsLayer, Purpose};
use http::{Request, Response, StatusCode};
use tower::{Layer, Service, service_fn};

use crate::seen::Seen;

struct Counting;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: everything is left to the system's allocator; a thread-local without a destructor is counted up beside it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn allocations(run: impl FnOnce()) -> usize {
    let before = COUNT.get();
    run();
    COUNT.get() - before
}

/// One request to its head, by hand: no executor allocates beside it.
fn ask<S>(service: &mut S, code: u16)
where
    S: Service<Request<u16>, Response = Response<()>, Error = Infallible>,
{
    let mut context = Context::from_waker(Waker::noop());
    let mut future = pin!(service.call(Request::new(code)));
    let Poll::Ready(Ok(_)) = future.as_mut().poll(&mut context) else {
        panic!("it is ready")
    };
}

fn answer(request: Request<u16>) -> impl Future<Output = Result<Response<()>, Infallible>> {
    let mut response = Response::new(());
    *response.status_mut() = StatusCode::from_u16(request.into_body()).unwrap();
    ready(Ok(response))
}

#[test]
fn a_request_whose_series_are_known_allocates_nothing() {
    let layer = HttpClientMetricsLayer::new(Purpose::Fetch).with_server_addresses(["big.example"]);
    let seen = Seen::by(layer);
    let mut client = seen.layer.layer(service_fn(answer));
    let first = allocations(|| (100..600).for_each(|code| ask(&mut client, code)));
    assert!(first > 0, "the first of each resolves");
    let rest = allocations(|| (100..600).for_each(|code| ask(&mut client, code)));
    assert_eq!(rest, 0);
    assert_eq!(seen.ended(&[]), 1000.0);
}
