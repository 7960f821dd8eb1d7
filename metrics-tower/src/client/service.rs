//! HttpClientMetrics: the service that opens an exchange for each request that is sent.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::task::{Context, Poll};

use fedimetrics_core::Failure;
use fedimetrics_core::failure::Typed;
use http::{Request, Response};
use tower_service::Service;

use super::exchange::Exchange;
use super::future::ClientResponseFuture;
use super::measured::Measured;
use super::meters::Meters;
use super::purpose::Purpose;

/// The client that [`HttpClientMetricsLayer`](crate::HttpClientMetricsLayer) makes. Responses and errors go through it as
/// they are.
pub struct HttpClientMetrics<S, M = Typed> {
    inner: S,
    meters: Arc<Meters>,
    purpose: Purpose,
    failure: PhantomData<fn() -> M>,
}

impl<S, M> HttpClientMetrics<S, M> {
    pub(super) const fn new(inner: S, meters: Arc<Meters>, purpose: Purpose) -> Self {
        Self {
            inner,
            meters,
            purpose,
            failure: PhantomData,
        }
    }

    /// The client within.
    pub const fn get_ref(&self) -> &S {
        &self.inner
    }
}

impl<S, M, ReqBody, ResBody> Service<Request<ReqBody>> for HttpClientMetrics<S, M>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    S::Error: Failure<M>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = ClientResponseFuture<S::Future, M>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        let purpose = request.extensions().get().copied();
        let exchange = Exchange::open(
            &self.meters,
            purpose.unwrap_or(self.purpose),
            request.method(),
            request.uri().host(),
        );
        ClientResponseFuture::new(Measured::new(exchange, || self.inner.call(request)))
    }
}

impl<S: Clone, M> Clone for HttpClientMetrics<S, M> {
    fn clone(&self) -> Self {
        Self::new(self.inner.clone(), self.meters.clone(), self.purpose)
    }
}

impl<S: fmt::Debug, M> fmt::Debug for HttpClientMetrics<S, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClientMetrics")
            .field("inner", &self.inner)
            .field("purpose", &self.purpose)
            .finish_non_exhaustive()
    }
}
