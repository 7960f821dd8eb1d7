//! Endpoint: `/metrics` as a tower service, closed unless it is opened.

mod access;
mod body;

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::header::{self, HeaderValue};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use metrics::Counter;
use tower_service::Service;

pub use access::Access;
pub use body::Body;

use crate::catalogue::{CODES, SCRAPES};
use crate::exporter::Exporter;
use crate::recorder::Format;
use crate::scope;
use access::Refusal;

const TEXT: HeaderValue = HeaderValue::from_static(Format::Text.content_type());

/// `/metrics` as a tower service.
///
/// | request | answer |
/// | --- | --- |
/// | nothing was configured | 403, and the log says what to write |
/// | without a token, or with another one | 401 with `WWW-Authenticate: Bearer` |
/// | other than GET or HEAD | 405 with `Allow` |
/// | GET | 200 and the text format 0.0.4 |
/// | HEAD | the same head, no body |
///
/// It never redirects, and asks not to be stored. A request that comes through a layer of `fedimetrics-tower` is not
/// measured: a scrape is not traffic.
///
/// # Cancellation
///
/// Rendering happens within one poll; dropping the future before it costs nothing.
#[derive(Clone)]
pub struct Endpoint {
    inner: Arc<Inner>,
}

struct Inner {
    exporter: Exporter,
    access: Access,
    /// In the order of [`CODES`].
    scrapes: Vec<Counter>,
}

impl Exporter {
    /// The endpoint that shows this exporter, to be mounted in the host's router.
    #[must_use]
    pub fn endpoint(&self, access: Access) -> Endpoint {
        let sink = self.sink();
        let scrapes = CODES
            .iter()
            .map(|code| sink.counter(&SCRAPES, &[code]))
            .collect();
        Endpoint {
            inner: Arc::new(Inner {
                exporter: self.clone(),
                access,
                scrapes,
            }),
        }
    }
}

impl<B> Service<Request<B>> for Endpoint {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Answer {
        let (parts, _) = request.into_parts();
        Answer {
            inner: self.inner.clone(),
            method: parts.method,
            headers: parts.headers,
            marked: false,
        }
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("access", &self.inner.access)
            .finish_non_exhaustive()
    }
}

/// One request's answer.
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct Answer {
    inner: Arc<Inner>,
    method: Method,
    headers: HeaderMap,
    marked: bool,
}

impl Future for Answer {
    type Output = Result<Response<Body>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if !self.marked {
            // The layer around us takes this request out of its gauges before they are printed.
            self.marked = true;
            scope::skip();
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Ok(self.inner.answer(&self.method, &self.headers)))
    }
}

impl Inner {
    fn answer(&self, method: &Method, headers: &HeaderMap) -> Response<Body> {
        if let Err(refusal) = self.access.check(headers) {
            return match refusal {
                Refusal::Closed => self.refuse(StatusCode::FORBIDDEN, None),
                Refusal::Unknown => self.refuse(
                    StatusCode::UNAUTHORIZED,
                    Some((
                        header::WWW_AUTHENTICATE,
                        HeaderValue::from_static(r#"Bearer realm="metrics""#),
                    )),
                ),
            };
        }
        match *method {
            Method::GET => self.reply(StatusCode::OK, Body::full(self.exporter.render())),
            Method::HEAD => self.reply(StatusCode::OK, Body::empty()),
            _ => self.refuse(
                StatusCode::METHOD_NOT_ALLOWED,
                Some((header::ALLOW, HeaderValue::from_static("GET, HEAD"))),
            ),
        }
    }

    fn refuse(
        &self,
        status: StatusCode,
        header: Option<(header::HeaderName, HeaderValue)>,
    ) -> Response<Body> {
        let mut response = self.reply(status, Body::empty());
        response.headers_mut().extend(header);
        response
    }

    fn reply(&self, status: StatusCode, body: Body) -> Response<Body> {
        let place = CODES.iter().position(|code| *code == status.as_str());
        if let Some(counter) = place.and_then(|place| self.scrapes.get(place)) {
            counter.increment(1);
        }
        let mut response = Response::new(body);
        *response.status_mut() = status;
        let headers = response.headers_mut();
        if status == StatusCode::OK {
            headers.insert(header::CONTENT_TYPE, TEXT);
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::VARY, HeaderValue::from_static("Authorization"));
        headers.insert(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        );
        response
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inner")
            .field("access", &self.access)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
