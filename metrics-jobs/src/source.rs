//! Source: where handles come from, or nowhere.

use std::any::Any;
use std::sync::Arc;

use fedimetrics_core::{Metric, Sink};
use metrics::{Counter, Gauge, Histogram};

/// Where a job's handles come from. An attempt that began before a recorder was installed has nowhere to go, and what
/// it resolves later goes nowhere as well: it ends as it began.
#[derive(Clone, Debug)]
pub(crate) struct Source(Option<Sink>);

impl Source {
    pub(crate) const NOWHERE: Self = Self(None);

    pub(crate) const fn new(sink: Sink) -> Self {
        Self(Some(sink))
    }

    pub(crate) const fn is_live(&self) -> bool {
        self.0.is_some()
    }

    /// What all share who record there; `None` where that is nowhere.
    pub(crate) fn companion<T: Any + Send + Sync + Default>(&self) -> Option<Arc<T>> {
        self.0.as_ref().map(Sink::companion)
    }

    pub(crate) fn counter(&self, metric: &'static Metric, values: &[&str]) -> Counter {
        self.0
            .as_ref()
            .map_or_else(Counter::noop, |sink| sink.counter(metric, values))
    }

    pub(crate) fn gauge(&self, metric: &'static Metric, values: &[&str]) -> Gauge {
        self.0
            .as_ref()
            .map_or_else(Gauge::noop, |sink| sink.gauge(metric, values))
    }

    pub(crate) fn histogram(&self, metric: &'static Metric, values: &[&str]) -> Histogram {
        self.0
            .as_ref()
            .map_or_else(Histogram::noop, |sink| sink.histogram(metric, values))
    }
}
