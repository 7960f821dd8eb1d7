//! ResponseFuture: carries the exchange to the head of the response.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::Response;
use pin_project_lite::pin_project;

use crate::body::ResponseBody;
use crate::exchange::Exchange;
use crate::labels::Outcome;
use crate::within::Within;

pin_project! {
    /// The response, on its way.
    ///
    /// # Cancellation
    ///
    /// Dropped before the head of the response is there, polled or not, the request is counted as `cancelled`, or as
    /// `timeout` if whoever drops it says so.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct ResponseFuture<F> {
        #[pin]
        inner: F,
        exchange: Option<Exchange>,
    }
}

impl<F> ResponseFuture<F> {
    pub(crate) const fn new(inner: F, exchange: Option<Exchange>) -> Self {
        Self { inner, exchange }
    }
}

impl<F, B, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: http_body::Body,
{
    type Output = Result<Response<ResponseBody<B>>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let within = Within::enter(this.exchange);
        let polled = this.inner.poll(context);
        within.leave();
        let answered = ready!(polled);
        Poll::Ready(match answered {
            Ok(response) => Ok(ResponseBody::wrap(response, this.exchange)),
            Err(error) => {
                if let Some(mut exchange) = this.exchange.take() {
                    exchange.fail(Outcome::Service);
                }
                Err(error)
            }
        })
    }
}
