//! One request through a service: called, awaited, its body read to the end. No socket and no runtime.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use axum::body::Body;
use http::{Method, Request, Response, StatusCode, Uri};
use tower_service::Service;

/// The path of every request, as `/users/{id}` matches it.
pub(crate) const PATH: &str = "/users/alice";

/// An operation: one request through this service, and all of its answer.
///
/// # Panics
///
/// The operation does, if the answer is no 200.
pub fn drive<S, B>(service: S) -> impl FnMut()
where
    S: Service<Request<Body>, Response = Response<B>>,
    B: http_body::Body,
{
    drive_with(service, Method::GET, PATH)
}

/// The same, for another method and address.
///
/// # Panics
///
/// The operation does, if the answer is no 200.
pub fn drive_with<S, B>(mut service: S, method: Method, uri: &'static str) -> impl FnMut()
where
    S: Service<Request<Body>, Response = Response<B>>,
    B: http_body::Body,
{
    let uri = Uri::from_static(uri);
    move || {
        let mut request = Request::new(Body::empty());
        *request.method_mut() = method.clone();
        *request.uri_mut() = uri.clone();
        assert_eq!(answered(&mut service, request), StatusCode::OK);
    }
}

/// One request through this service, and all of its answer.
#[inline]
pub(super) fn answered<S, B>(service: &mut S, request: Request<Body>) -> StatusCode
where
    S: Service<Request<Body>, Response = Response<B>>,
    B: http_body::Body,
{
    let context = &mut Context::from_waker(Waker::noop());
    while service.poll_ready(context).is_pending() {}
    let Ok(response) = finished(pin!(service.call(request)), context) else {
        unreachable!("these services do not fail");
    };
    let status = response.status();
    let mut body = pin!(response.into_body());
    while !matches!(body.as_mut().poll_frame(context), Poll::Ready(None)) {}
    status
}

fn finished<F: Future>(mut future: Pin<&mut F>, context: &mut Context<'_>) -> F::Output {
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return output;
        }
    }
}
