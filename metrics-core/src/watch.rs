//! Watch: what has metrics to declare before they are first used.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use crate::collect::Collector;
use crate::metric::Metric;
use crate::sink::Sink;

/// Something whose metrics an exporter can declare before they are first used: a job, a queue, an HTTP layer.
///
/// A series that is born at 1 is invisible to Prometheus' `increase()`; one that is declared reads 0 from the first
/// scrape. Given to [`Builder::watch`](crate::Builder::watch).
pub trait Watch {
    /// Says what the metrics mean, makes every series that should read 0 at the start, and hands over what is read at
    /// scrape.
    fn watch(&self, watching: &mut Watching);
}

/// What an exporter learns from one [`Watch`].
pub struct Watching {
    sink: Sink,
    collectors: Vec<Box<dyn Collector>>,
    /// Kept, so that no other one can come to lie where one of these did.
    shared: Vec<Arc<dyn Any + Send + Sync>>,
}

impl Watching {
    pub(crate) const fn new(sink: Sink) -> Self {
        Self {
            sink,
            collectors: Vec::new(),
            shared: Vec::new(),
        }
    }

    /// The exporter's own sink: a handle made from it is a series born at 0.
    #[must_use]
    pub const fn sink(&self) -> &Sink {
        &self.sink
    }

    /// Says what these metrics mean.
    pub fn describe(&mut self, metrics: &[&'static Metric]) {
        self.sink.describe(metrics);
    }

    /// Hands over values that are read at each scrape.
    pub fn collect(&mut self, collector: impl Collector + 'static) {
        self.collectors.push(Box::new(collector));
    }

    /// The same for values that several who are watched share: they are read once a scrape.
    pub fn collect_shared<C: Collector + 'static>(&mut self, collector: &Arc<C>) {
        let shared: Arc<dyn Any + Send + Sync> = collector.clone();
        if !self.shared.iter().any(|other| Arc::ptr_eq(other, &shared)) {
            self.shared.push(shared);
            self.collect(collector.clone());
        }
    }

    pub(crate) fn into_collectors(self) -> Vec<Box<dyn Collector>> {
        self.collectors
    }
}

impl fmt::Debug for Watching {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watching")
            .field("sink", &self.sink)
            .field("collectors", &self.collectors.len())
            .finish()
    }
}
