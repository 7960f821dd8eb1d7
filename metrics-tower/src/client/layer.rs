//! HttpClientMetricsLayer: what a host adds to its client.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use fedimetrics_core::failure::{Boxed, Typed};
use fedimetrics_core::{Exporter, Sink, Watch, Watching};
use tower_layer::Layer;

use super::addresses::Addresses;
use super::meters::{Declared, Meters};
use super::purpose::Purpose;
use super::service::HttpClientMetrics;
use crate::catalogue;

/// Measures every request of the client that it is laid around, to the head of the response.
///
/// It is a tower layer, for hyper-util's client and all that is made of tower services, and with the features
/// `reqwest-middleware-0-3` and `reqwest-middleware-0-5` it is a middleware for those clients too.
///
/// Each layer counts what passes through it, so lay one around a client: inside of what tries again, so that every
/// attempt counts, and around what gives up on a server that is too slow. Where that is further out, such a request is
/// `cancelled`: dropped by its caller.
///
/// How a request ended is also noted in the [scope](fedimetrics_core::scope) that it is polled in. A job whose error does
/// not tell why takes its reason from there.
///
/// Making one resolves nothing; clones share what is resolved.
///
/// # Labels
///
/// | label | is one of |
/// | --- | --- |
/// | `purpose` | a [`Purpose`] |
/// | `http_request_method` | the ten methods that OpenTelemetry knows, else `_OTHER` |
/// | `http_response_status_code` | registered statuses, else the class, such as `4xx`; empty where there was no response |
/// | `error_type` | empty below 400, `cancelled`, else the word of a [`Reason`](fedimetrics_core::Reason) |
/// | `server_address` | empty, or one of [a list](Self::with_server_addresses), else `_other` |
///
/// # Cancellation
///
/// A request whose future is dropped before the head of the response is there, also unpolled, is `cancelled`: no failure of
/// the server that was asked. What becomes of the response's body is not looked at.
///
/// # Examples
///
/// ```
/// use fedimetrics_core::Exporter;
/// use fedimetrics_core::testing::Scrape;
/// use fedimetrics_tower::{HttpClientMetricsLayer, Purpose};
/// use http::{Request, Response};
/// use tower::{Layer, ServiceExt, service_fn};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let outgoing = HttpClientMetricsLayer::new(Purpose::Deliver);
/// let exporter = Exporter::builder().watch(&outgoing).build().unwrap();
/// let gone = service_fn(async |_: Request<()>| {
///     Response::builder().status(410).body(()).map_err(std::io::Error::other)
/// });
/// let client = outgoing.on(&exporter).layer(gone);
/// client.oneshot(Request::post("https://gone.example/inbox").body(()).unwrap()).await.unwrap();
///
/// let scrape = Scrape::of(&exporter);
/// let gone = [("purpose", "deliver"), ("http_response_status_code", "410"), ("error_type", "http_410")];
/// assert_eq!(scrape.value("http_client_requests_total", &gone), Some(1.0));
/// # });
/// ```
pub struct HttpClientMetricsLayer<M = Typed> {
    pub(super) meters: Arc<Meters>,
    pub(super) purpose: Purpose,
    failure: PhantomData<fn() -> M>,
}

impl HttpClientMetricsLayer {
    /// A layer that records to the process's recorder, whenever that is installed. Requests are made for this purpose,
    /// unless one has another among its extensions.
    #[must_use]
    pub fn new(purpose: Purpose) -> Self {
        Self::with(Meters::new(Sink::global(), Addresses::default()), purpose)
    }

    /// The same layer, around a client whose error is `Box<dyn Error + Send + Sync>`, as tower's own layers make it, or
    /// `anyhow::Error`.
    ///
    /// Defaults to an error that implements [`Error`](std::error::Error): a box does not.
    #[must_use]
    pub fn with_boxed_errors(self) -> HttpClientMetricsLayer<Boxed> {
        HttpClientMetricsLayer {
            meters: self.meters,
            purpose: self.purpose,
            failure: PhantomData,
        }
    }
}

impl<M> HttpClientMetricsLayer<M> {
    /// The same layer, recording to this exporter instead. Defaults to the process's recorder.
    #[must_use]
    pub fn on(self, exporter: &Exporter) -> Self {
        let addresses = self.meters.addresses().clone();
        Self::with(Meters::new(exporter.sink(), addresses), self.purpose)
    }

    /// The same layer, for another purpose: for a second client.
    #[must_use]
    pub fn with_purpose(mut self, purpose: Purpose) -> Self {
        self.purpose = purpose;
        self
    }

    /// The same layer, showing these servers by name: the label `server_address` of `http_client_requests_total` holds
    /// their host, and `_other` for everybody else.
    ///
    /// Defaults to none, and the label is empty then. It is a list and no switch, since a server talks to whoever a
    /// stranger names: each name costs as many series as there are ways for its requests to end. At most 512 are
    /// kept.
    #[must_use]
    pub fn with_server_addresses(self, hosts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let sink = self.meters.sink().clone();
        Self::with(Meters::new(sink, Addresses::of(hosts)), self.purpose)
    }

    fn with(meters: Meters, purpose: Purpose) -> Self {
        Self {
            meters: Arc::new(meters),
            purpose,
            failure: PhantomData,
        }
    }
}

impl<S, M> Layer<S> for HttpClientMetricsLayer<M> {
    type Service = HttpClientMetrics<S, M>;

    fn layer(&self, inner: S) -> HttpClientMetrics<S, M> {
        HttpClientMetrics::new(inner, self.meters.clone(), self.purpose)
    }
}

impl<M> Watch for HttpClientMetricsLayer<M> {
    fn watch(&self, watching: &mut Watching) {
        watching.describe(catalogue::CLIENT);
        Declared::resolve(watching.sink());
    }
}

impl<M> Clone for HttpClientMetricsLayer<M> {
    fn clone(&self) -> Self {
        Self {
            meters: self.meters.clone(),
            purpose: self.purpose,
            failure: PhantomData,
        }
    }
}

impl<M> fmt::Debug for HttpClientMetricsLayer<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClientMetricsLayer")
            .field("purpose", &self.purpose)
            .field("server_addresses", self.meters.addresses())
            .finish_non_exhaustive()
    }
}
