//! HttpMetrics: the service that opens an exchange for each request.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use fedimetrics_core::scope;
use http::{Request, Response};
use tower_service::Service;

use crate::asked::Asked;
use crate::body::ResponseBody;
use crate::exchange::Exchange;
use crate::extras::{Extras, Upload};
use crate::future::ResponseFuture;
use crate::queue::Queue;
use crate::shards::Shards;
use crate::within::Within;
use fedimetrics_core::clock::Moment;

/// The service that [`HttpMetricsLayer`](crate::HttpMetricsLayer) makes.
#[derive(Clone)]
pub struct HttpMetrics<S> {
    inner: S,
    shards: Arc<Shards>,
    queue: Queue,
}

impl<S> HttpMetrics<S> {
    pub(crate) fn new(inner: S, shards: Arc<Shards>) -> Self {
        Self {
            inner,
            shards,
            queue: Queue::default(),
        }
    }

    /// The service within.
    pub const fn get_ref(&self) -> &S {
        &self.inner
    }

    pub(crate) fn poll_inner_ready<R>(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Result<(), S::Error>>
    where
        S: Service<R>,
    {
        let ready = self.inner.poll_ready(context);
        if self.shards.settings.queue {
            self.queue.polled(&self.shards, &ready);
        }
        ready
    }

    /// An exchange, unless one is open already: then that one learns the route that only we know.
    #[inline]
    pub(crate) fn open<B>(
        &mut self,
        request: &Request<B>,
        upload: impl FnOnce(Moment) -> Option<Upload>,
    ) -> Option<Exchange> {
        let asked = Asked::of(request);
        if scope::is_measured() {
            publish(&self.shards, asked);
            return None;
        }
        let mut exchange = Exchange::open(&self.shards, asked);
        let settings = &self.shards.settings;
        if let Some(own) = &mut exchange {
            let upload = upload(own.begun);
            if upload.is_some() || settings.remembers {
                own.extras = Some(Arc::new(Extras::new(self.queue.take(), upload)));
            }
        }
        exchange
    }

    pub(crate) const fn inner(&mut self) -> &mut S {
        &mut self.inner
    }
}

/// Tells the exchange that is open already which route this request has.
#[cold]
fn publish(shards: &Arc<Shards>, asked: Asked<'_>) {
    let meters = shards.mine();
    let Some(template) = meters.settings.template(asked) else {
        return;
    };
    // Before there is a recorder nothing is resolved that would be kept.
    let name = match meters.declared() {
        Some(_) => meters
            .route(meters.place(template))
            .map(|route| route.name()),
        None => Some(template.into()),
    };
    let surface = meters.settings.surface.as_ref();
    let mark = surface.map_or(0, |surface| (surface.0)(asked.at(Some(template))).mark());
    if let Some(name) = name {
        scope::publish_route_marked(name, mark);
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
        self.poll_inner_ready(context)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        // Opened before the inner service is called, which may panic.
        let mut exchange = self.open(&request, |_| None);
        let within = Within::enter(&mut exchange);
        let inner = self.inner.call(request);
        within.leave();
        ResponseFuture::new(inner, exchange)
    }
}

impl<S: fmt::Debug> fmt::Debug for HttpMetrics<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpMetrics")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}
