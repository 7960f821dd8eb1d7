//! Service: `/metrics`, to be mounted in a host's router.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response, StatusCode};
use tower_service::Service;

use super::access::Access;
use super::answer::Answer;
use super::body::Body;
use super::flight::Flights;
use super::report::Report;
use super::source::Source;
use crate::catalogue::{CODES, SCRAPES};
use crate::exporter::Exporter;
use crate::sink::Sink;

/// How many may wait for a rendering.
const WAITING: usize = 64;

/// `/metrics` as a tower service.
///
/// | request | answer |
/// | --- | --- |
/// | nothing was configured | 403, and the log says what to write |
/// | [`Access::off`] | 404 |
/// | without a token, or with another one | 401 with `WWW-Authenticate: Bearer` |
/// | with a token that may do other things | 403 with `error="insufficient_scope"` |
/// | from an address that is not on the list | 403 |
/// | with a token that the host cannot check now | 503 with `Retry-After` |
/// | other than GET or HEAD | 405 with `Allow` |
/// | GET | 200 and what `Accept` likes best: OpenMetrics 1.0, or the text format 0.0.4, which is also for those who accept neither; gzip where `Accept-Encoding` likes it |
/// | GET of a [report](Self::with_report) | 200 and the report |
/// | HEAD | the same head without `Content-Length`, no body; nothing is rendered |
/// | more wait already than [`with_waiting`](Self::with_waiting) allows, or rendering panicked | 503 with `Retry-After` |
///
/// It never redirects, and asks not to be stored. A request that comes through a layer of `fedimetrics-tower` is not
/// measured: a scrape is not traffic. `exporter_scrapes_total` counts them, by status.
///
/// Scrapes that come at the same time share one rendering and its compressed form. Its collectors have until half a second
/// before the scraper gives up (`X-Prometheus-Scrape-Timeout-Seconds`, 10 seconds where nothing is said, 60 at most; of
/// several scrapers, the one whose request renders decides): those that remain are left out, and
/// `exporter_collector_success` reads 0.
///
/// # Cancellation
///
/// Rendering happens within one poll, on the thread that polls; dropping the future before or after it costs nothing.
#[derive(Clone)]
pub struct Endpoint {
    inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) source: Source,
    pub(super) access: Access,
    pub(super) flights: Arc<Flights>,
    reports: Vec<Report>,
    sink: Sink,
}

impl Exporter {
    /// The endpoint that shows this exporter, to be mounted in the host's router.
    #[must_use]
    pub fn endpoint(&self, access: Access) -> Endpoint {
        Endpoint::new(Source::Exporter(self.clone()), access, WAITING, Vec::new())
    }
}

impl Endpoint {
    /// The endpoint that shows what another exporter renders, in the text format 0.0.4, which is all that they have in
    /// common. With `metrics-exporter-prometheus` that is `Endpoint::over(move || handle.render(), access)`.
    ///
    /// Scrapes are counted by the process's global recorder, which should be that exporter's.
    ///
    /// # Examples
    ///
    /// ```
    /// use fedimetrics_core::{Access, Endpoint};
    ///
    /// let endpoint = Endpoint::over(|| "demo_follows_total 2\n".to_owned(), Access::closed());
    /// # drop(endpoint);
    /// ```
    #[must_use]
    pub fn over(render: impl Fn() -> String + Send + Sync + 'static, access: Access) -> Self {
        let source = Source::Over(Arc::new(render), None);
        Self::new(source, access, WAITING, Vec::new())
    }

    /// Behind the text given to [`over`](Self::over), what this exporter's collectors read, which no other recorder knows
    /// of. Its own recorder's numbers are left out: they may have the same names. Nothing changes for an exporter's own
    /// endpoint.
    #[must_use]
    pub fn with_collectors_of(self, exporter: &Exporter) -> Self {
        let source = match &self.inner.source {
            Source::Over(render, _) => Source::Over(render.clone(), Some(exporter.clone())),
            source @ Source::Exporter(_) => source.clone(),
        };
        self.anew(
            source,
            self.inner.flights.most(),
            self.inner.reports.clone(),
        )
    }

    /// How many requests may wait for a rendering, or make it; the next one gets 503. Defaults to 64.
    #[must_use]
    pub fn with_waiting(self, most: usize) -> Self {
        let source = self.inner.source.clone();
        self.anew(source, most.max(1), self.inner.reports.clone())
    }

    /// Tells this as well, to those whom `access` lets in: where a request's path ends in the report's name, whatever it is
    /// mounted at, and on [a listener of its own](Self::serve) at `/metrics/NAME`. GET and HEAD, without compression.
    ///
    /// # Examples
    ///
    /// ```
    /// use fedimetrics_core::endpoint::{Access, Report};
    /// use fedimetrics_core::Exporter;
    ///
    /// let endpoint = Exporter::builder()
    ///     .build()?
    ///     .endpoint(Access::bearer_tokens(["Zm9sbG93IG1lIG9uIGZlZGl2ZXJzZQ"])?)
    ///     .with_report(Report::json("moderators.json", || r#"["alice","bob"]"#.to_owned()));
    /// // axum: Router::new()
    /// //     .route_service("/metrics", endpoint.clone())
    /// //     .route_service("/metrics/moderators.json", endpoint)
    /// # drop(endpoint);
    /// # Ok::<(), fedimetrics_core::Error>(())
    /// ```
    #[must_use]
    pub fn with_report(self, report: Report) -> Self {
        let source = self.inner.source.clone();
        let mut reports = self.inner.reports.clone();
        reports.push(report);
        self.anew(source, self.inner.flights.most(), reports)
    }

    fn anew(&self, source: Source, waiting: usize, reports: Vec<Report>) -> Self {
        Self::new(source, self.inner.access.clone(), waiting, reports)
    }

    fn new(source: Source, access: Access, waiting: usize, reports: Vec<Report>) -> Self {
        Self {
            inner: Arc::new(Inner {
                sink: source.sink(),
                source,
                access,
                flights: Flights::new(waiting),
                reports,
            }),
        }
    }

    /// Whether a listener of our own has anything there.
    #[cfg(feature = "listener")]
    pub(super) fn is_listened_at(&self, path: &str) -> bool {
        let mut reports = self.inner.reports.iter();
        path == "/metrics" || reports.any(|report| report.is_listened_at(path))
    }

    #[cfg(all(unix, feature = "listener"))]
    pub(super) fn access(&self) -> &Access {
        &self.inner.access
    }

    /// Counts an answer that was given without it.
    #[cfg(feature = "listener")]
    pub(super) fn count(&self, status: StatusCode) {
        self.inner.count(status);
    }
}

impl<B> Service<Request<B>> for Endpoint {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Answer {
        let (parts, _) = request.into_parts();
        Answer::new(self.inner.clone(), parts)
    }
}

impl Inner {
    pub(super) fn count(&self, status: StatusCode) {
        debug_assert!(CODES.contains(&status.as_str()), "{status} is not declared");
        self.sink.counter(&SCRAPES, &[status.as_str()]).increment(1);
    }

    pub(super) fn report_at(&self, path: &str) -> Option<Report> {
        let mut reports = self.reports.iter();
        reports.find(|report| report.is_at(path)).cloned()
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("source", &self.source)
            .field("access", &self.access)
            .finish_non_exhaustive()
    }
}
