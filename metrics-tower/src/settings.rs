//! Settings: what a host can have otherwise. Each is off until it is asked for, and costs a branch then not taken.

use std::fmt;
use std::sync::Arc;

use fedimetrics_core::Metric;
use http::{Method, response};

use crate::asked::Asked;
use crate::catalogue::{self, DURATION, DURATION_SEMCONV, REQUESTS};
use crate::layer::HttpMetricsLayer;
use crate::method::Methods;
use crate::request_body::RequestBodyLayer;
use crate::response_label::ResponseLabel;
use crate::route;
use crate::surface::Surface;

/// How many routes a layer keeps apart if it is not told otherwise: as many as a recorder keeps values of a label.
const ROUTES: usize = 512;

/// What a host can have otherwise.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) methods: Methods,
    pub(crate) surface: Option<Hook<SurfaceOf>>,
    route: Option<Hook<TemplateOf>>,
    skip: Option<Hook<Skips>>,
    pub(crate) label: Option<OwnLabel>,
    pub(crate) semconv: bool,
    pub(crate) sizes: bool,
    pub(crate) busy: bool,
    pub(crate) queue: bool,
    pub(crate) grpc: bool,
    pub(crate) routes: usize,
    /// Whether the host has a word in how a request is opened.
    pub(crate) asks: bool,
    /// Whether a request keeps something in mind until it ends.
    pub(crate) remembers: bool,
}

/// A function of the host's.
pub(crate) struct Hook<F: ?Sized>(pub(crate) Arc<F>);

type SurfaceOf = dyn Fn(Asked<'_>) -> Surface + Send + Sync;
type TemplateOf = dyn for<'a> Fn(Asked<'a>) -> Option<&'a str> + Send + Sync;
type Skips = dyn Fn(Asked<'_>) -> bool + Send + Sync;
type Read = dyn for<'a> Fn(&'a response::Parts) -> Option<&'a str> + Send + Sync;

/// A label, and how its value is read.
#[derive(Clone, Debug)]
pub(crate) struct OwnLabel {
    pub(crate) label: &'static ResponseLabel,
    read: Hook<Read>,
}

impl OwnLabel {
    pub(crate) fn place(&self, head: &response::Parts) -> u8 {
        self.label.place((self.read.0)(head))
    }
}

impl Settings {
    /// The template that the host, or else a router that is known, says was matched.
    pub(crate) fn template<'a>(&self, asked: Asked<'a>) -> Option<&'a str> {
        let own = self.route.as_ref().and_then(|route| (route.0)(asked));
        own.or_else(|| route::template(asked.extensions()))
    }

    pub(crate) fn skips(&self, asked: Asked<'_>) -> bool {
        self.skip.as_ref().is_some_and(|skip| (skip.0)(asked))
    }

    pub(crate) fn duration(&self) -> &'static Metric {
        if self.semconv {
            &DURATION_SEMCONV
        } else {
            &DURATION
        }
    }

    pub(crate) fn requests(&self) -> &'static Metric {
        let with = self.label.as_ref().map(|own| own.label.metric());
        with.unwrap_or(&REQUESTS)
    }

    /// The catalogue, with these settings' declarations of what they change.
    pub(crate) fn catalogue(&self) -> Vec<&'static Metric> {
        let ours = |metric: &&'static Metric| match metric.name() {
            name if name == DURATION.name() => self.duration(),
            name if name == REQUESTS.name() => self.requests(),
            _ => metric,
        };
        catalogue::ALL.iter().map(ours).collect()
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            methods: Methods::default(),
            surface: None,
            route: None,
            skip: None,
            label: None,
            semconv: false,
            sizes: false,
            busy: false,
            queue: false,
            grpc: false,
            routes: ROUTES,
            asks: false,
            remembers: false,
        }
    }
}

/// # Settings
///
/// They belong before the layer is cloned: a clone keeps those that it was made with.
impl HttpMetricsLayer {
    /// The methods that are told apart, at most 15; all others read `_OTHER`. Defaults to the ten that OpenTelemetry
    /// knows: GET, HEAD, POST, PUT, DELETE, CONNECT, OPTIONS, TRACE, PATCH and QUERY.
    #[must_use]
    pub fn with_known_methods(self, methods: impl IntoIterator<Item = Method>) -> Self {
        self.with(|settings| settings.methods = Methods::known(methods))
    }

    /// Who a request is for. Defaults to [`Asked::surface`], which goes by the template and `Accept`.
    ///
    /// It is called when a request comes in and, where only an inner router knows the route, again by the layer that
    /// publishes it: give both the same settings. It is never called while a request ends.
    ///
    /// ```
    /// use fedimetrics_tower::{HttpMetricsLayer, Surface};
    ///
    /// let http = HttpMetricsLayer::new().with_surface(|asked| match asked.route() {
    ///     Some("/emoji/{name}") => Surface::Media,
    ///     _ => asked.surface(),
    /// });
    /// ```
    #[must_use]
    pub fn with_surface(
        self,
        surface: impl Fn(Asked<'_>) -> Surface + Send + Sync + 'static,
    ) -> Self {
        self.with(|settings| {
            settings.surface = Some(Hook(Arc::new(surface)));
            settings.asks = true;
        })
    }

    /// The template of the route that was matched, for routers that no feature of this crate knows. Defaults to what the
    /// enabled features find; they are asked too where this finds nothing.
    ///
    /// Never return what was asked for: only what the host's code holds. A template that is made anew can be kept with
    /// [`Name`](fedimetrics_core::Name).
    ///
    /// ```
    /// use fedimetrics_tower::HttpMetricsLayer;
    ///
    /// #[derive(Clone)]
    /// struct Matched(&'static str); // left in the extensions by a router of one's own
    ///
    /// let http = HttpMetricsLayer::new()
    ///     .with_route_template(|asked| Some(asked.extensions().get::<Matched>()?.0));
    /// ```
    #[must_use]
    pub fn with_route_template(
        self,
        template: impl for<'a> Fn(Asked<'a>) -> Option<&'a str> + Send + Sync + 'static,
    ) -> Self {
        self.with(|settings| {
            settings.route = Some(Hook(Arc::new(template)));
            settings.asks = true;
        })
    }

    /// Which requests are not measured: a load balancer's health checks, say. Defaults to none, except for this
    /// project's own endpoint. A layer within asks its own function: give both the same settings.
    ///
    /// ```
    /// use fedimetrics_tower::HttpMetricsLayer;
    ///
    /// let http = HttpMetricsLayer::new().with_skip(|asked| asked.uri().path() == "/healthz");
    /// ```
    #[must_use]
    pub fn with_skip(self, skip: impl Fn(Asked<'_>) -> bool + Send + Sync + 'static) -> Self {
        self.with(|settings| {
            settings.skip = Some(Hook(Arc::new(skip)));
            settings.asks = true;
        })
    }

    /// One more label on `http_server_requests_total`, read from the head of each response. Defaults to none.
    ///
    /// An exporter has each family with one set of labels: what a layer with another one records there is refused, and
    /// the recorder says so in the log.
    #[must_use]
    pub fn with_label(
        self,
        label: &'static ResponseLabel,
        value: impl for<'a> Fn(&'a response::Parts) -> Option<&'a str> + Send + Sync + 'static,
    ) -> Self {
        let read = Hook::<Read>(Arc::new(value));
        self.with(|settings| settings.label = Some(OwnLabel { label, read }))
    }

    /// Status and error type on `http_server_request_duration_seconds` too, as OpenTelemetry's conventions and the
    /// dashboards made for them want it: about five times the series. Defaults to off.
    ///
    /// An exporter has each family with one set of labels: what a layer without this records there is refused, and the
    /// recorder says so in the log.
    #[must_use]
    pub fn semconv(self) -> Self {
        self.with(|settings| settings.semconv = true)
    }

    /// Histograms of body sizes: `http_server_response_body_size_bytes`, and for layers that
    /// [count request bodies](Self::with_request_bodies) `http_server_request_body_size_bytes`. Defaults to off.
    #[must_use]
    pub fn with_body_sizes(self) -> Self {
        self.with(|settings| settings.sizes = true)
    }

    /// The status that a gRPC call ends with decides between `ok`, `client_error` and `server_error`: it is in the trailers, or
    /// in a head that is all there is, and the HTTP status says 200 whatever happened. Defaults to off.
    ///
    /// Which codes are the server's fault, OpenTelemetry's conventions for gRPC say: 2, 4, 12 to 15, and all that nobody knows.
    #[must_use]
    pub fn with_grpc(self) -> Self {
        self.with(|settings| settings.grpc = true)
    }

    /// The time that handlers and bodies kept a thread busy: `http_server_busy_seconds_total`. Defaults to off, since it
    /// reads the clock twice a poll and allocates once a request.
    #[must_use]
    pub fn with_busy_time(self) -> Self {
        self.with(|settings| {
            settings.busy = true;
            settings.remembers = true;
        })
    }

    /// The time that requests waited until the service within was ready for them: `http_server_queue_seconds_total`.
    /// Defaults to off.
    ///
    /// Only what waits in `poll_ready` is seen, such as `tower::limit` right within this layer. axum's routes are always
    /// ready: what waits behind them is a part of the request.
    #[must_use]
    pub fn with_queue_time(self) -> Self {
        self.with(|settings| {
            settings.queue = true;
            settings.remembers = true;
        })
    }

    /// How many routes are kept apart; more share `_other`. Defaults to 512, which is also the recorder's own cap for
    /// the values of a label.
    #[must_use]
    pub fn with_max_routes(self, routes: usize) -> Self {
        self.with(|settings| settings.routes = routes)
    }

    /// Counts what is read of request bodies (`http_server_request_body_bytes_total`), and starts the clock of the time
    /// to first byte when the last of a body was read: what an upload's line takes is not the server's share.
    ///
    /// That makes it another layer, because the service within gets another type of body: `convert` makes of it what
    /// that service takes. For axum that is `axum::body::Body::new`, which allocates once a request; a service that
    /// takes any body is given `|body| body`.
    ///
    /// ```
    /// use axum_0_8 as axum;
    /// use axum::{Router, body::Body};
    /// use fedimetrics_tower::HttpMetricsLayer;
    ///
    /// let http = HttpMetricsLayer::new();
    /// let app: Router = Router::new().layer(http.with_request_bodies(Body::new));
    /// ```
    #[must_use]
    pub fn with_request_bodies<F>(self, convert: F) -> RequestBodyLayer<F> {
        RequestBodyLayer::new(self, convert)
    }
}

impl<F: ?Sized> Clone for Hook<F> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<F: ?Sized> fmt::Debug for Hook<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hook")
    }
}
