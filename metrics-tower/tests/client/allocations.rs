//! What a request costs in allocations, once its series are known: none.

use std::convert::Infallible;
use std::future::{Future, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use allocation_counter::measure;
use fedimetrics_tower::{HttpClientMetricsLayer, Purpose};
use http::{Request, Response, StatusCode};
use tower::{Layer, Service, service_fn};

use crate::seen::Seen;

fn allocations(run: impl FnOnce()) -> u64 {
    measure(run).count_total
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
