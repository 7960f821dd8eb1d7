//! HttpMetrics: the service that opens an exchange for each request.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use fedimetrics_core::scope;
use http::{Request, Response};
use tower_service::Service;

use crate::body::ResponseBody;
use crate::exchange::Exchange;
use crate::future::ResponseFuture;
use crate::measured::{Measured, Within};
use crate::meters::Meters;
use crate::route;

/// The service that [`HttpMetricsLayer`](crate::HttpMetricsLayer) makes.
#[derive(Clone)]
pub struct HttpMetrics<S> {
    inner: S,
    meters: Arc<Meters>,
}

impl<S> HttpMetrics<S> {
    pub(crate) const fn new(inner: S, meters: Arc<Meters>) -> Self {
        Self { inner, meters }
    }

    /// The service within.
    pub const fn get_ref(&self) -> &S {
        &self.inner
    }

    /// An exchange, unless one is open already: then that one learns the route that only we know.
    fn open<B>(&self, request: &Request<B>) -> Option<Measured> {
        if scope::is_measured() {
            if let Some(place) =
                route::template(request.extensions()).map(|template| self.meters.place(template))
            {
                self.meters
                    .route(place)
                    .into_iter()
                    .for_each(|route| scope::publish_route(route.name()));
            }
            return None;
        }
        Exchange::open(&self.meters, request).map(|(exchange, scope)| Measured { exchange, scope })
    }
}

impl<S, ReqBody, ResBody> Service<Request<ReqBody>> for HttpMetrics<S>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    ResBody: http_body::Body,
{
    type Response = Response<ResponseBody<ResBody>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        // Opened before the inner service is called, which may panic.
        let mut measured = self.open(&request);
        let within = Within::enter(&mut measured);
        let inner = self.inner.call(request);
        within.leave();
        ResponseFuture::new(inner, measured)
    }
}

impl<S: fmt::Debug> fmt::Debug for HttpMetrics<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpMetrics")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}
