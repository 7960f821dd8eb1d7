//! Answer: what becomes of one request.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::header::{ALLOW, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Method, Response, StatusCode, request};
use quanta::Instant;

use super::access::{Asking, Refusal, Verdict};
use super::body::Body;
use super::deadline;
use super::flight::Ticket;
use super::negotiate::Wish;
use super::reply::reply;
use super::report::Report;
use super::service::Inner;
use crate::scope;

/// One request's answer.
#[must_use = "futures do nothing unless polled"]
pub struct Answer {
    inner: Arc<Inner>,
    step: Step,
}

/// How far it is.
enum Step {
    Arrived(Box<request::Parts>),
    /// The host is being asked what the token may do.
    Asking(Asking, Request),
    /// It will have a rendering, its own or that of another one.
    Boarded(Ticket, Request),
    Told(Response<Body>),
    Over,
}

/// What has to be known of a request once it is let in.
#[derive(Clone, Debug)]
struct Request {
    method: Method,
    wish: Wish,
    deadline: Instant,
    /// `None` for the numbers themselves.
    report: Option<Report>,
}

impl Answer {
    pub(super) fn new(inner: Arc<Inner>, parts: request::Parts) -> Self {
        Self {
            inner,
            step: Step::Arrived(Box::new(parts)),
        }
    }
}

impl Future for Answer {
    type Output = Result<Response<Body>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let inner = self.inner.clone();
            match mem::replace(&mut self.step, Step::Over) {
                Step::Arrived(parts) => {
                    // The layer around us takes this request out of its gauges before they are printed. It has boarded by
                    // then: all who come at the same time share one rendering, on a runtime of one thread as well.
                    self.step = inner.receive(&parts);
                    scope::skip();
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Step::Asking(mut asking, request) => match asking.as_mut().poll(context) {
                    Poll::Ready(Ok(())) => self.step = inner.admit(request),
                    Poll::Ready(Err(refusal)) => self.step = Step::Told(refuse(refusal)),
                    Poll::Pending => {
                        self.step = Step::Asking(asking, request);
                        return Poll::Pending;
                    }
                },
                Step::Boarded(ticket, request) => {
                    let render = || inner.source.render(request.wish.format, request.deadline);
                    match ticket.poll(context, render) {
                        Poll::Ready(Some(rendering)) => {
                            let plain = || (rendering.plain(), false);
                            let gzip = request.wish.gzip.then(|| rendering.gzip()).flatten();
                            let (bytes, gzip) = gzip.map_or_else(plain, |bytes| (bytes, true));
                            self.step = Step::Told(show(&request.wish, gzip, Body::full(bytes)));
                        }
                        Poll::Ready(None) => self.step = Step::Told(busy()),
                        Poll::Pending => {
                            self.step = Step::Boarded(ticket, request);
                            return Poll::Pending;
                        }
                    }
                }
                Step::Told(response) => {
                    inner.count(response.status());
                    return Poll::Ready(Ok(response));
                }
                Step::Over => return Poll::Pending,
            }
        }
    }
}

impl Inner {
    /// Access is checked before the method: a stranger learns nothing.
    fn receive(&self, parts: &request::Parts) -> Step {
        let asking = match self.access.check(&parts.headers, &parts.extensions) {
            Verdict::Refused(refusal) => return Step::Told(refuse(refusal)),
            Verdict::Admitted => None,
            Verdict::Asking(asking) => Some(asking),
        };
        let liked = Wish::of(&parts.headers);
        let request = Request {
            method: parts.method.clone(),
            wish: Wish {
                format: self.source.format(liked.format),
                ..liked
            },
            deadline: Instant::now() + deadline::budget(&parts.headers),
            report: self.report_at(parts.uri.path()),
        };
        match asking {
            Some(asking) => Step::Asking(asking, request),
            None => self.admit(request),
        }
    }

    fn admit(&self, request: Request) -> Step {
        if let Some(report) = &request.report {
            return Step::Told(tell(report, &request.method));
        }
        match request.method {
            Method::GET => match self.flights.board(request.wish.format, request.wish.gzip) {
                Some(ticket) => Step::Boarded(ticket, request),
                None => Step::Told(busy()),
            },
            // The same head, but for a length that only rendering could tell.
            Method::HEAD => Step::Told(show(&request.wish, request.wish.gzip, Body::unsaid())),
            _ => Step::Told(not_allowed()),
        }
    }
}

fn show(wish: &Wish, gzip: bool, body: Body) -> Response<Body> {
    let kind = HeaderValue::from_static(wish.format.content_type());
    let mut response = reply(StatusCode::OK, [(CONTENT_TYPE, kind)], body);
    if gzip {
        let gzip = HeaderValue::from_static("gzip");
        response.headers_mut().insert(CONTENT_ENCODING, gzip);
    }
    response
}

fn tell(report: &Report, method: &Method) -> Response<Body> {
    let body = match *method {
        Method::GET => report.read().map(Body::full),
        Method::HEAD => Some(Body::unsaid()),
        _ => return not_allowed(),
    };
    let kind = (CONTENT_TYPE, report.kind.clone());
    body.map_or_else(busy, |body| reply(StatusCode::OK, [kind], body))
}

fn refuse(refusal: Refusal) -> Response<Body> {
    reply(refusal.status(), refusal.header(), Body::empty())
}

fn not_allowed() -> Response<Body> {
    reply(
        StatusCode::METHOD_NOT_ALLOWED,
        [(ALLOW, HeaderValue::from_static("GET, HEAD"))],
        Body::empty(),
    )
}

fn busy() -> Response<Body> {
    reply(
        StatusCode::SERVICE_UNAVAILABLE,
        [(RETRY_AFTER, HeaderValue::from_static("1"))],
        Body::empty(),
    )
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}
