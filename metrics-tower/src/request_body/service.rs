//! RequestBodyMetrics: HttpMetrics whose requests carry their exchange's counter in their bodies.

use std::fmt;
use std::task::{Context, Poll};

use http::{Request, Response};
use tower_service::Service;

use super::RequestBody;
use crate::body::ResponseBody;
use crate::extras::Upload;
use crate::future::ResponseFuture;
use crate::service::HttpMetrics;
use crate::within::Within;

/// The service that [`RequestBodyLayer`](crate::RequestBodyLayer) makes.
#[derive(Clone)]
pub struct RequestBodyMetrics<S, F> {
    http: HttpMetrics<S>,
    convert: F,
}

impl<S, F> RequestBodyMetrics<S, F> {
    pub(crate) const fn new(http: HttpMetrics<S>, convert: F) -> Self {
        Self { http, convert }
    }

    /// The service within.
    pub const fn get_ref(&self) -> &S {
        self.http.get_ref()
    }
}

impl<S, F, ReqBody, Converted, ResBody> Service<Request<ReqBody>> for RequestBodyMetrics<S, F>
where
    F: Fn(RequestBody<ReqBody>) -> Converted,
    S: Service<Request<Converted>, Response = Response<ResBody>>,
    ReqBody: http_body::Body,
    ResBody: http_body::Body,
{
    type Response = Response<ResponseBody<ResBody>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.http.poll_inner_ready(context)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        let mut exchange = self.http.open(&request, |begun| {
            Some(Upload::new(begun, request.body().size_hint().exact()))
        });
        let counted = exchange
            .as_ref()
            .and_then(|own| Some((own.extras.clone()?, own.meters.clone())));
        let within = Within::enter(&mut exchange);
        let request = request.map(|body| (self.convert)(RequestBody::new(body, counted)));
        let inner = self.http.inner().call(request);
        within.leave();
        ResponseFuture::new(inner, exchange)
    }
}

impl<S: fmt::Debug, F> fmt::Debug for RequestBodyMetrics<S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestBodyMetrics")
            .field("http", &self.http)
            .finish_non_exhaustive()
    }
}
