//! ResponseBody: carries the exchange to the last byte.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Buf;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::response::Parts;
use http::{Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use crate::exchange::Exchange;
use crate::labels::{Kind, Outcome};
use crate::stream::Stream;
use crate::within::Within;

pin_project! {
    /// The host's body, unchanged: its frames, size and end are passed on.
    ///
    /// # Cancellation
    ///
    /// Dropped before its end, the request is counted as `aborted`. hyper drops good bodies early, so the end is not only
    /// `None`: it is also the end that the body announces (`is_end_stream`), trailers, and the last byte of a known size;
    /// and responses without a body (HEAD, 1xx, 204, 304) ended at their head.
    #[derive(Debug)]
    pub struct ResponseBody<B> {
        #[pin]
        inner: B,
        carried: Carried,
    }
}

/// What goes along with the body and ends with it.
#[derive(Debug, Default)]
struct Carried {
    /// The request; none once it has ended, or where it is not measured.
    exchange: Option<Exchange>,
    /// How many bytes there will be; [`UNKNOWN`] if that is not known.
    size: u64,
    /// Rare, and therefore elsewhere.
    stream: Option<Box<Stream>>,
}

const UNKNOWN: u64 = u64::MAX;

impl<B: Body> ResponseBody<B> {
    /// Decides, now that the head is there, what the request still waits for.
    pub(crate) fn wrap(response: Response<B>, exchange: &mut Option<Exchange>) -> Response<Self> {
        let (parts, inner) = response.into_parts();
        let (size, stream) = Carried::decide(&parts, &inner, exchange);
        let carried = Carried {
            exchange: exchange.take(),
            size,
            stream,
        };
        Response::from_parts(parts, Self { inner, carried })
    }

    /// The body within.
    pub const fn get_ref(&self) -> &B {
        &self.inner
    }
}

impl Carried {
    /// How many bytes there will be, and the stream that a request has become. Takes the request if it has ended.
    #[inline(always)]
    fn decide<B: Body>(
        parts: &Parts,
        body: &B,
        exchange: &mut Option<Exchange>,
    ) -> (u64, Option<Box<Stream>>) {
        let Some(own) = exchange else {
            return (UNKNOWN, None);
        };
        let (status, head) = own.head(parts);
        let method = own.method();
        let announced = || {
            parts
                .headers
                .get(CONTENT_LENGTH)?
                .to_str()
                .ok()?
                .parse()
                .ok()
        };
        let size = body.size_hint().exact().or_else(announced);
        let plain = parts.status == StatusCode::OK && method.has_body();
        if !plain && status.is_upgrade(method) {
            own.leave_at_head(head);
            *exchange = None;
            return (UNKNOWN, None);
        }
        let bodyless = !plain && (method.is_head() || status.is_bodyless());
        if bodyless || size == Some(0) || body.is_end_stream() {
            own.complete_at_head(head);
            *exchange = None;
            return (UNKNOWN, None);
        }
        if let Some(size) = size {
            return (size, None);
        }
        // Only what has no end in sight can be a stream.
        let kind = parts.headers.get(CONTENT_TYPE);
        match kind.and_then(|media| Kind::of(media.as_bytes())) {
            Some(kind) => {
                let stream = exchange
                    .take()
                    .map(|own| Box::new(own.into_stream(kind, head)));
                (UNKNOWN, stream)
            }
            None => (UNKNOWN, None),
        }
    }

    /// Takes note of a frame of the request's body.
    fn pass<D: Buf, E>(
        &mut self,
        frame: Option<&Result<Frame<D>, E>>,
        is_end_stream: impl FnOnce() -> bool,
    ) {
        let Some(own) = &mut self.exchange else {
            return;
        };
        let outcome = match frame {
            Some(Ok(part)) => {
                let sent = own.sent(size_of(part));
                if let Some(trailers) = part.trailers_ref() {
                    own.trailers(trailers);
                }
                if sent < self.size && !part.is_trailers() && !is_end_stream() {
                    return;
                }
                None
            }
            Some(Err(_)) => Some(Outcome::Body),
            None => None,
        };
        match outcome {
            Some(outcome) => own.fail(outcome),
            None => own.complete(),
        }
        self.exchange = None;
    }

    /// Takes note of a frame of a stream.
    fn stream<D: Buf, E>(&mut self, frame: Option<&Result<Frame<D>, E>>) {
        match (frame, &self.stream) {
            (Some(Ok(frame)), Some(stream)) => stream.sent(size_of(frame)),
            (None | Some(Err(_)), _) => self.stream = None,
            (Some(Ok(_)), None) => {}
        }
    }
}

impl<B: Body> Body for ResponseBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let mut this = self.project();
        let carried = this.carried;
        if carried.exchange.is_none() && carried.stream.is_none() {
            return this.inner.poll_frame(context);
        }
        let within = Within::enter(&mut carried.exchange);
        let polled = this.inner.as_mut().poll_frame(context);
        within.leave();
        let frame = ready!(polled);
        if carried.stream.is_some() {
            carried.stream(frame.as_ref());
        } else {
            carried.pass(frame.as_ref(), || this.inner.is_end_stream());
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

pub(crate) fn size_of<D: Buf>(frame: &Frame<D>) -> u64 {
    frame.data_ref().map_or(0, |data| data.remaining() as u64)
}

impl<B: Default> Default for ResponseBody<B> {
    fn default() -> Self {
        Self {
            inner: B::default(),
            carried: Carried::default(),
        }
    }
}
