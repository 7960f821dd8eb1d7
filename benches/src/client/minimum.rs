//! Minimum: what our client's layer records, written by hand for requests of one kind. Below this is only recording less.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use fedimetrics_core::{Exporter, Metric};
use http::Response;
use metrics::{Counter, Gauge, Histogram};
use pin_project_lite::pin_project;
use quanta::Instant;
use tower_layer::Layer;
use tower_service::Service;

/// The handles of requests that are made for one purpose and go well, resolved beforehand.
#[derive(Debug)]
pub struct Meters {
    requests: Counter,
    cancelled: Counter,
    duration: Histogram,
    active: Gauge,
}

impl Meters {
    /// Handles of this exporter, for this catalogue's metrics.
    ///
    /// # Panics
    ///
    /// If the catalogue lacks one.
    #[must_use]
    pub fn new(exporter: &Exporter, catalogue: &[&'static Metric]) -> Self {
        let metric = |name: &str| {
            let found = catalogue.iter().find(|metric| metric.name() == name);
            *found.unwrap_or_else(|| unreachable!("{name} is not in the catalogue"))
        };
        let sink = exporter.sink();
        let purpose = "deliver";
        let requests = metric("http_client_requests_total");
        Self {
            requests: sink.counter(requests, &[purpose, "POST", "200", "", ""]),
            cancelled: sink.counter(requests, &[purpose, "POST", "", "cancelled", ""]),
            duration: sink.histogram(metric("http_client_request_duration_seconds"), &[purpose]),
            active: sink.gauge(metric("http_client_active_requests"), &[purpose]),
        }
    }
}

/// A request that has begun. Dropped before its end, it was cancelled.
#[derive(Debug)]
struct Begun {
    meters: Arc<Meters>,
    at: Instant,
    answered: bool,
}

impl Drop for Begun {
    fn drop(&mut self) {
        self.meters.active.decrement(1);
        self.meters.duration.record(self.at.elapsed().as_secs_f64());
        if self.answered {
            self.meters.requests.increment(1);
        } else {
            self.meters.cancelled.increment(1);
        }
    }
}

/// The layer, and the service that it makes.
#[derive(Clone, Debug)]
pub struct Minimum<S = ()> {
    inner: S,
    meters: Arc<Meters>,
}

impl Minimum {
    /// A layer that records to these.
    #[must_use]
    pub fn new(meters: Meters) -> Self {
        Self {
            inner: (),
            meters: Arc::new(meters),
        }
    }
}

impl<S> Layer<S> for Minimum {
    type Service = Minimum<S>;

    fn layer(&self, inner: S) -> Minimum<S> {
        Minimum {
            inner,
            meters: self.meters.clone(),
        }
    }
}

impl<S, R, B> Service<R> for Minimum<S>
where
    S: Service<R, Response = Response<B>>,
{
    type Response = Response<B>;
    type Error = S::Error;
    type Future = Head<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        self.meters.active.increment(1);
        let begun = Begun {
            meters: self.meters.clone(),
            at: Instant::now(),
            answered: false,
        };
        Head {
            inner: self.inner.call(request),
            begun: Some(begun),
        }
    }
}

pin_project! {
    /// The time to the response's head.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Head<F> {
        #[pin]
        inner: F,
        begun: Option<Begun>,
    }
}

impl<F, B, E> Future for Head<F>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let answer = ready!(this.inner.poll(context));
        if let Some(mut begun) = this.begun.take() {
            begun.answered = answer.is_ok();
        }
        Poll::Ready(answer)
    }
}
