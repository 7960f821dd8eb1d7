//! HttpMetricsLayer: what a host adds to its router.

use std::fmt;
use std::sync::Arc;

use fedimetrics_core::{Exporter, Sink, Watch, Watching};
use tower_layer::Layer;

use crate::meters::Declared;
use crate::service::HttpMetrics;
use crate::settings::Settings;
use crate::shards::Shards;

/// Measures every request of the service that it is laid around, from the head of the request to the last byte of the
/// response.
///
/// Put it around the whole router, as the last `layer`: what is further out (a timeout, say) ends requests without a
/// response, and they are counted as `cancelled`, or as `timeout` where a [`TimeoutMarkLayer`](crate::TimeoutMarkLayer)
/// can tell. Laid around a service that is measured already, it only publishes its
/// own route to the outer one, so that no request counts twice.
///
/// Making one resolves nothing, and cloning one copies a pointer: axum does that for each connection and route.
///
/// Each thread that serves counts in cells of its own, so that none waits for another: 48 kB, and 3.3 kB a route that it was
/// asked for, for as many threads as there are [shards](fedimetrics_core::Shard). A request counts to its end where it began.
///
/// # Labels
///
/// | label | is one of |
/// | --- | --- |
/// | `http_request_method` | the [known methods](Self::with_known_methods), else `_OTHER` |
/// | `http_route` | the templates of the host's routes, at most [so many](Self::with_max_routes), `unmatched`, `_other` |
/// | `http_response_status_code` | registered statuses, else the class, such as `4xx`; empty where there was no response |
/// | `error_type` | empty, a 5xx status, or the outcome |
/// | `surface` | a [`Surface`](crate::Surface) |
/// | `outcome` | `ok`, `client_error`, `server_error`, `cancelled`, `aborted`, `body`, `panic`, `timeout`, `service` |
///
/// Nothing that a stranger writes is ever one: no path, no host, no header. Which metric has which of them says the
/// [catalogue](crate::catalogue).
///
/// # Cancellation
///
/// Each request is recorded once, whatever becomes of it. Dropped before the head of its response, also unpolled, it is
/// `cancelled`; dropped before the last byte, `aborted`; left by a panic, `panic`. The gauge of active requests comes down
/// with it.
///
/// # Examples
///
/// ```
/// use fedimetrics_core::Exporter;
/// use fedimetrics_core::testing::Scrape;
/// use fedimetrics_tower::HttpMetricsLayer;
/// use http::{Request, Response};
/// use http_body_util::{BodyExt, Full};
/// use tower::{Layer, ServiceExt, service_fn};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let http = HttpMetricsLayer::new();
/// let exporter = Exporter::builder().watch(&http).build().unwrap();
/// let hello = service_fn(async |_: Request<()>| Ok::<_, std::convert::Infallible>(Response::new(Full::new("hello".as_bytes()))));
/// let hello = http.on(&exporter).layer(hello);
///
/// let response = hello.oneshot(Request::new(())).await.unwrap();
/// assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "hello");
///
/// let scrape = Scrape::of(&exporter);
/// let ok = [("surface", "unmatched"), ("outcome", "ok")];
/// assert_eq!(scrape.value("http_server_outcomes_total", &ok), Some(1.0));
/// # });
/// ```
#[derive(Clone)]
pub struct HttpMetricsLayer {
    shards: Arc<Shards>,
}

impl HttpMetricsLayer {
    /// A layer that records to the process's recorder, whenever that is installed.
    #[must_use]
    pub fn new() -> Self {
        Self::to(Sink::global(), Settings::default())
    }

    /// The same layer, recording to this exporter instead. Defaults to the process's recorder.
    #[must_use]
    pub fn on(self, exporter: &Exporter) -> Self {
        Self::to(exporter.sink(), self.shards.settings.clone())
    }

    /// The same layer with other settings.
    pub(crate) fn with(self, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = self.shards.settings.clone();
        change(&mut settings);
        Self::to(self.shards.sink().clone(), settings)
    }

    fn to(sink: Sink, settings: Settings) -> Self {
        Self {
            shards: Shards::new(sink, settings),
        }
    }
}

impl Default for HttpMetricsLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Layer<S> for HttpMetricsLayer {
    type Service = HttpMetrics<S>;

    fn layer(&self, inner: S) -> HttpMetrics<S> {
        HttpMetrics::new(inner, self.shards.clone())
    }
}

impl Watch for HttpMetricsLayer {
    fn watch(&self, watching: &mut Watching) {
        watching.describe(&self.shards.settings.catalogue());
        Declared::resolve(watching.sink());
    }
}

impl fmt::Debug for HttpMetricsLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpMetricsLayer").finish_non_exhaustive()
    }
}
