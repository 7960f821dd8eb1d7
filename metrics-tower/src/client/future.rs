//! ClientResponseFuture: the head of a response, on its way here.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use fedimetrics_core::Failure;
use http::Response;
use pin_project_lite::pin_project;

use super::ended::Ended;
use super::measured::Measured;

pin_project! {
    /// The head of a response, on its way here.
    ///
    /// # Cancellation
    ///
    /// Dropped before it is there, polled or not, the request is counted with the `error_type` `cancelled`.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct ClientResponseFuture<F, M> {
        #[pin]
        measured: Measured<F>,
        failure: PhantomData<fn() -> M>,
    }
}

impl<F, M> ClientResponseFuture<F, M> {
    pub(super) const fn new(measured: Measured<F>) -> Self {
        Self {
            measured,
            failure: PhantomData,
        }
    }
}

impl<F, B, E, M> Future for ClientResponseFuture<F, M>
where
    F: Future<Output = Result<Response<B>, E>>,
    E: Failure<M>,
{
    type Output = Result<Response<B>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.project()
            .measured
            .poll_judged(context, |answer| match answer {
                Ok(response) => Ended::of(response.status()),
                Err(error) => Ended::Failed(error.reason()),
            })
    }
}
