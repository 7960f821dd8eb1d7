//! Minimum: what our layer records, written by hand for one route that is asked one way. Below this is only recording less.
//!
//! It lowers its gauge and counts an outcome however a request ends, as who writes one for themselves must; but a request
//! that ends otherwise is all the same to it, and so is who asks for what.

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
    ok: Counter,
    cancelled: Counter,
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
            ok: sink.counter(metric("http_server_outcomes_total"), &[surface, "ok"]),
            cancelled: sink.counter(
                metric("http_server_outcomes_total"),
                &[surface, "cancelled"],
            ),
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

/// A request that has begun. Dropped before its end, it was cancelled.
#[derive(Debug)]
struct Begun {
    meters: Arc<Meters>,
    at: Instant,
    whole: bool,
}

impl Begun {
    fn seconds(&self) -> f64 {
        self.at.elapsed().as_secs_f64()
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        self.meters.active.decrement(1);
        if !self.whole {
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
    type Response = Response<Body<B>>;
    type Error = S::Error;
    type Future = Head<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        self.meters.active.increment(1);
        // Before the service within is called, which may panic.
        let begun = Begun {
            meters: self.meters.clone(),
            at: Instant::now(),
            whole: false,
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
    type Output = Result<Response<Body<B>>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let response = ready!(this.inner.poll(context))?;
        let begun = this.begun.take();
        if let Some(begun) = &begun {
            let took = begun.seconds();
            begun.meters.time_to_first_byte.record(took);
            begun.meters.handler_seconds.increment(took);
        }
        Poll::Ready(Ok(response.map(|inner| Body {
            inner,
            begun,
            bytes: 0,
        })))
    }
}

pin_project! {
    /// The time to the response's last byte, and how many there were.
    #[derive(Debug)]
    pub struct Body<B> {
        #[pin]
        inner: B,
        begun: Option<Begun>,
        bytes: u64,
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
                if let Some(mut begun) = this.begun.take() {
                    begun.meters.duration.record(begun.seconds());
                    begun.meters.ok.increment(1);
                    begun.meters.requests.increment(1);
                    begun.meters.response_bytes.increment(*this.bytes);
                    begun.whole = true;
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
