//! Minimum: what our layer records, written by hand for one route and one way to end. Below this is only recording less.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Buf;
use fedimetrics_core::{Exporter, Metric};
use http::Response;
use http_body::{Frame, SizeHint};
use metrics::{Counter, Gauge, Histogram};
use pin_project_lite::pin_project;
use quanta::Instant;
use tower_layer::Layer;
use tower_service::Service;

/// The handles of one route's requests that go well, resolved beforehand.
#[derive(Debug)]
pub struct Meters {
    outcomes: Counter,
    requests: Counter,
    duration: Histogram,
    time_to_first_byte: Histogram,
    handler_seconds: Gauge,
    active: Gauge,
    response_bytes: Counter,
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
        let (route, surface) = ("/users/{id}", "web");
        Self {
            outcomes: sink.counter(metric("http_server_outcomes_total"), &[surface, "ok"]),
            requests: sink.counter(
                metric("http_server_requests_total"),
                &["GET", route, "200", "", surface],
            ),
            duration: sink.histogram(
                metric("http_server_request_duration_seconds"),
                &["GET", route, surface],
            ),
            time_to_first_byte: sink
                .histogram(metric("http_server_time_to_first_byte_seconds"), &[surface]),
            handler_seconds: sink.gauge(metric("http_server_handler_seconds_total"), &[route]),
            active: sink.gauge(metric("http_server_active_requests"), &[surface]),
            response_bytes: sink.counter(metric("http_server_response_body_bytes_total"), &[route]),
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
    type Response = Response<Body<B>>;
    type Error = S::Error;
    type Future = Head<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        self.meters.active.increment(1);
        Head {
            begun: Instant::now(),
            inner: self.inner.call(request),
            meters: Some(self.meters.clone()),
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
        begun: Instant,
        meters: Option<Arc<Meters>>,
    }
}

impl<F, B, E> Future for Head<F>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = Result<Response<Body<B>>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let response = ready!(this.inner.poll(context))?;
        let begun = *this.begun;
        let meters = this.meters.take();
        if let Some(meters) = &meters {
            let took = begun.elapsed().as_secs_f64();
            meters.time_to_first_byte.record(took);
            meters.handler_seconds.increment(took);
        }
        Poll::Ready(Ok(response.map(|inner| Body {
            inner,
            begun,
            bytes: 0,
            meters,
        })))
    }
}

pin_project! {
    /// The time to the response's last byte, and how many there were.
    #[derive(Debug)]
    pub struct Body<B> {
        #[pin]
        inner: B,
        begun: Instant,
        bytes: u64,
        meters: Option<Arc<Meters>>,
    }
}

impl<B: http_body::Body> http_body::Body for Body<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let this = self.project();
        let frame = ready!(this.inner.poll_frame(context));
        match &frame {
            Some(Ok(frame)) => {
                *this.bytes += frame.data_ref().map_or(0, |data| data.remaining() as u64)
            }
            Some(Err(_)) => {}
            None => {
                if let Some(meters) = this.meters.take() {
                    meters.duration.record(this.begun.elapsed().as_secs_f64());
                    meters.outcomes.increment(1);
                    meters.requests.increment(1);
                    meters.response_bytes.increment(*this.bytes);
                    meters.active.decrement(1);
                }
            }
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
