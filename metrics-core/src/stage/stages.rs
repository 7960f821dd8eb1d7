//! Stages: which recorder they are timed for.

use std::fmt;
use std::sync::OnceLock;

use quanta::Instant;

use super::RESERVED;
use super::meters::{Meters, labels};
use super::running::{Running, Stage};
use super::staged::Staged;
use crate::catalogue::{STAGE_CALLS, STAGE_DURATION, STAGE_SECONDS};
use crate::exporter::Exporter;
use crate::scope::Place;
use crate::sink::{Sink, is_noop};
use crate::watch::{Watch, Watching};

static GLOBAL: Stages = Stages::new(Sink::global());

/// Stages of requests and jobs: parts of them that are timed, each under a name.
///
/// A stage counts for the route or the worker that its thread is in when it ends, as [`scope::place`](crate::scope::place)
/// says: an HTTP layer or a job guard has to be around it. A request whose route is not known is `unmatched`. **Outside
/// of both, nothing is recorded.**
///
/// Stages within stages count each for itself, so the sum over all stages can be more than the request took.
///
/// Names come from the host's code. There is room for 512 of them; any more are recorded as `_other`.
///
/// # Examples
///
/// ```
/// use fedimetrics_core::scope::Scope;
/// use fedimetrics_core::stage::{RENDER, Stages};
/// use fedimetrics_core::testing::Scrape;
/// use fedimetrics_core::{Exporter, Name};
///
/// let exporter = Exporter::builder().watch(Stages::global()).build()?;
/// let stages = Stages::on(&exporter);
///
/// // What an HTTP layer does around a handler:
/// let mut scope = Scope::request(Some(Name::new("/users/{id}")));
/// {
///     let _within = scope.enter();
///     let _render = stages.begin(RENDER); // until it is dropped
/// }
/// let scrape = Scrape::of(&exporter);
/// let render = [("http_route", "/users/{id}"), ("worker", ""), ("stage", "render")];
/// assert_eq!(scrape.value("stage_calls_total", &render), Some(1.0));
/// assert_eq!(scrape.value("stage_duration_seconds_count", &[("stage", "fetch")]), Some(0.0));
/// # Ok::<(), fedimetrics_core::Error>(())
/// ```
pub struct Stages {
    sink: Sink,
    /// Made when there is a recorder.
    live: OnceLock<Meters>,
}

impl Stages {
    const fn new(sink: Sink) -> Self {
        Self {
            sink,
            live: OnceLock::new(),
        }
    }

    /// Those that record to the recorder of the whole process, once it is installed.
    #[must_use]
    pub const fn global() -> &'static Self {
        &GLOBAL
    }

    /// Stages that record to this exporter and to no other. Keep them: they hold the handles.
    #[must_use]
    pub fn on(exporter: &Exporter) -> Self {
        Self::new(exporter.sink())
    }

    /// Times this future, from when it is first polled until it is ready.
    ///
    /// # Cancellation
    ///
    /// Dropped half way, or after a panic, the stage ends there, and counts as one that was passed through.
    pub const fn time<F: Future>(&self, name: &'static str, future: F) -> Staged<'_, F> {
        Staged::new(future, Running::new(self, name))
    }

    /// Begins a stage that ends when this guard is dropped, for code that does not wait for a future.
    pub fn begin(&self, name: &'static str) -> Stage<'_> {
        Stage::of(Running::new(self, name))
    }

    /// Counts one stage that began then and is over.
    #[inline]
    pub(super) fn ended(&self, name: &'static str, place: Place, begun: Instant) {
        if place == Place::Nowhere {
            return;
        }
        if let Some(meters) = self.live.get().or_else(|| self.meters(name, place)) {
            meters.record(name, place, begun.elapsed().as_secs_f64());
        }
    }

    /// Handles that do nothing are never kept for when there is a recorder.
    #[cold]
    fn meters(&self, name: &'static str, place: Place) -> Option<&Meters> {
        let [route, worker] = labels(place);
        let probe = self.sink.gauge(&STAGE_SECONDS, &[route, worker, name]);
        if is_noop(&probe) {
            return None;
        }
        Some(self.live.get_or_init(|| Meters::new(self.sink.clone())))
    }
}

/// Makes the histograms of the [`RESERVED`] stages.
impl Watch for Stages {
    fn watch(&self, watching: &mut Watching) {
        watching.describe(&[&STAGE_DURATION, &STAGE_SECONDS, &STAGE_CALLS]);
        for stage in RESERVED {
            let _declared = watching.sink().histogram(&STAGE_DURATION, &[stage]);
        }
    }
}

impl fmt::Debug for Stages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stages")
            .field("sink", &self.sink)
            .finish_non_exhaustive()
    }
}
