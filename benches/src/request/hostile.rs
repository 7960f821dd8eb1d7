//! Hostile: requests as scanners send them, each with another method, path, host and headers.

use axum::body::Body;
use http::header::{ACCEPT, CONTENT_TYPE, HOST, USER_AGENT};
use http::{Method, Request, Response};
use tower_service::Service;

use super::drive::answered;
use crate::allocator::held;
use crate::cpu::on_cpu;
use crate::reading::Scale;
use crate::row::Row;

/// So many requests of strangers through this service: what one takes, and the bytes that they leave behind.
pub fn hostile<S, B>(scale: Scale, many: u64, service: &mut S) -> Row
where
    S: Service<Request<Body>, Response = Response<B>>,
    B: http_body::Body,
{
    let times = scale.of(many);
    let before = on_cpu();
    let bytes = held(|| {
        for n in 0..times {
            let _ = answered(service, request(n));
        }
    });
    Row {
        ns: Some((on_cpu() - before) as f64 / times as f64),
        bytes: Some(bytes as f64),
        ..Row::default()
    }
}

/// The request of this number: no two are alike, and one in three meets a route.
fn request(n: u64) -> Request<Body> {
    let path = match n % 3 {
        0 => format!("/users/{n}"),
        1 => format!("/wp-admin/{n}.php?x={n}"),
        _ => format!("/%2e%2e/{{id}}/{n:x}/\u{e9}"),
    };
    let method = match n % 5 {
        0 => Method::GET,
        1 => Method::HEAD,
        2 => Method::POST,
        _ => Method::from_bytes(format!("X{n}").as_bytes()).unwrap_or_default(),
    };
    let builder = Request::builder()
        .method(method)
        .uri(path)
        .header(HOST, format!("{n}.example"))
        .header(USER_AGENT, format!("scan/{n}"))
        .header(
            ACCEPT,
            format!("application/x-{n}, application/activity+json"),
        )
        .header(CONTENT_TYPE, format!("text/x-{n}"))
        .header("x-forwarded-for", format!("10.0.0.{n}"))
        .header("x-forwarded-host", format!("{n}.example"))
        .header(format!("x-{n}"), "made up");
    builder
        .body(Body::empty())
        .unwrap_or_else(|error| unreachable!("{error}"))
}
