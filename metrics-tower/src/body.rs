//! ResponseBody: carries the exchange to the last byte.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Buf;
use http::Response;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use crate::exchange::Stream;
use crate::labels::{Kind, Method, Outcome, Status};
use crate::measured::Measured;

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

/// What goes along with the body.
#[derive(Debug)]
enum Carried {
    /// A request that ends with it. Its size is known or not.
    Exchange {
        measured: Option<Measured>,
        size: Option<u64>,
    },
    /// A stream that ends with it.
    Stream(Option<Stream>),
    /// Nothing: the request has ended, or is not measured.
    Nothing,
}

impl<B: Body> ResponseBody<B> {
    /// Decides, now that the head is there, what the request still waits for.
    pub(crate) fn wrap(response: Response<B>, measured: Option<Measured>) -> Response<Self> {
        let (parts, inner) = response.into_parts();
        let carried = measured.map_or(Carried::Nothing, |mut measured| {
            let status = Status::of(parts.status);
            let method = measured.exchange.method();
            measured.exchange.locate(&measured.scope);
            measured.exchange.head(status);
            let size = || {
                let announced = || {
                    parts
                        .headers
                        .get(CONTENT_LENGTH)?
                        .to_str()
                        .ok()?
                        .parse()
                        .ok()
                };
                inner.size_hint().exact().or_else(announced)
            };
            let bodyless = method == Method::HEAD || status.is_bodyless() || inner.is_end_stream();
            if bodyless || status.is_upgrade(method) {
                measured.exchange.complete_at_head();
                return Carried::Nothing;
            }
            if let Some(kind) = parts
                .headers
                .get(CONTENT_TYPE)
                .and_then(|media| Kind::of(media.as_bytes()))
            {
                return Carried::Stream(Some(measured.exchange.into_stream(kind)));
            }
            match size() {
                Some(0) => {
                    measured.exchange.complete_at_head();
                    Carried::Nothing
                }
                size => Carried::Exchange {
                    measured: Some(measured),
                    size,
                },
            }
        });
        Response::from_parts(parts, Self { inner, carried })
    }

    /// The body within.
    pub const fn get_ref(&self) -> &B {
        &self.inner
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
        match this.carried {
            Carried::Nothing => this.inner.poll_frame(context),
            Carried::Stream(stream) => {
                let frame = ready!(this.inner.poll_frame(context));
                match (&frame, &*stream) {
                    (Some(Ok(frame)), Some(stream)) => stream.sent(size_of(frame)),
                    (None | Some(Err(_)), _) => drop(stream.take()),
                    (Some(Ok(_)), None) => {}
                }
                Poll::Ready(frame)
            }
            Carried::Exchange { measured, size } => {
                let frame = ready!(Measured::within(measured, || this
                    .inner
                    .as_mut()
                    .poll_frame(context)));
                let ended = match (&frame, measured.as_mut()) {
                    (_, None) => false,
                    (None | Some(Err(_)), Some(_)) => true,
                    (Some(Ok(part)), Some(own)) => {
                        let sent = own.exchange.sent(size_of(part));
                        size.is_some_and(|size| sent >= size)
                            || part.is_trailers()
                            || this.inner.is_end_stream()
                    }
                };
                if ended {
                    let failed = matches!(frame, Some(Err(_)));
                    let ended = measured.take();
                    ended.into_iter().for_each(|own| {
                        if failed {
                            own.exchange.fail(Outcome::Body)
                        } else {
                            own.exchange.complete()
                        }
                    });
                }
                Poll::Ready(frame)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

fn size_of<D: Buf>(frame: &Frame<D>) -> u64 {
    frame.data_ref().map_or(0, |data| data.remaining() as u64)
}

impl<B: Default> Default for ResponseBody<B> {
    fn default() -> Self {
        Self {
            inner: B::default(),
            carried: Carried::Nothing,
        }
    }
}
