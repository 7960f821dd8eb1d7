//! Where numbers go: the process's global recorder, or one exporter's.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::{fmt, slice};

use metrics::{Counter, Gauge, Histogram, IntoF64, Key, Level, Metadata, Recorder};

use crate::catalogue;
use crate::companions::Companions;
use crate::metric::Metric;
use crate::recorder::Store;
use crate::shard::Shard;

/// Where numbers go: the process's global recorder, or one exporter's.
///
/// Handles come from here. They are worth keeping: a handle's use costs a few nanoseconds, its making an allocation or
/// two and a lookup. Until a recorder is installed the global sink hands out handles that do nothing for ever, so ask
/// [`is_noop`] before one is kept.
#[derive(Clone)]
pub struct Sink {
    store: Option<Arc<Store>>,
    shard: Shard,
}

impl Sink {
    /// The recorder that is installed for the whole process, whichever make it is of.
    #[must_use]
    pub const fn global() -> Self {
        Self {
            store: None,
            shard: Shard::FIRST,
        }
    }

    pub(crate) const fn exporter(store: Arc<Store>) -> Self {
        Self {
            store: Some(store),
            shard: Shard::FIRST,
        }
    }

    /// The same, with that shard's handles of metrics that are [sharded](Metric::sharded). They can be used anywhere: whoever
    /// raises a gauge lowers it by the same handle. A recorder of another make has no shards.
    ///
    /// # Examples
    ///
    /// ```
    /// use fedimetrics_core::testing::Scrape;
    /// use fedimetrics_core::{Exporter, Metric, Shard};
    ///
    /// static SEEN: Metric = Metric::counter("demo_seen_total", "Notes seen.").sharded();
    ///
    /// let exporter = Exporter::builder().build()?;
    /// let see = || exporter.sink().on_shard(Shard::mine()).counter(&SEEN, &[]).increment(1);
    /// std::thread::scope(|scope| {
    ///     scope.spawn(see);
    ///     scope.spawn(see);
    /// });
    /// assert_eq!(Scrape::of(&exporter).value("demo_seen_total", &[]), Some(2.0));
    /// # Ok::<(), fedimetrics_core::Error>(())
    /// ```
    #[must_use]
    pub fn on_shard(self, shard: Shard) -> Self {
        Self { shard, ..self }
    }

    /// A counter's handle. `values` are its label values, in the order of the metric's keys.
    pub fn counter(&self, metric: &'static Metric, values: &[&str]) -> Counter {
        let key = key(metric, values);
        self.with(|recorder| {
            metric.shown_on(self.shard, || recorder.register_counter(&key, &METADATA))
        })
    }

    /// The handle of a gauge, or of a counter that grows by fractions.
    pub fn gauge(&self, metric: &'static Metric, values: &[&str]) -> Gauge {
        let key = key(metric, values);
        self.with(|recorder| {
            metric.shown_on(self.shard, || recorder.register_gauge(&key, &METADATA))
        })
    }

    /// A histogram's handle.
    pub fn histogram(&self, metric: &'static Metric, values: &[&str]) -> Histogram {
        let key = key(metric, values);
        self.with(|recorder| {
            metric.shown_on(self.shard, || recorder.register_histogram(&key, &METADATA))
        })
    }

    /// Tells the recorder what these metrics mean.
    pub fn describe(&self, metrics: &[&'static Metric]) {
        self.with(|recorder| metrics.iter().for_each(|metric| metric.describe(recorder)));
    }

    /// Notes that a value of this metric was folded into `_other`, because its cap was reached.
    pub fn overflowed(&self, metric: &'static Metric) {
        match &self.store {
            Some(store) => store.overflowed(metric.name()),
            None => self
                .counter(&catalogue::OVERFLOW, slice::from_ref(&metric.name()))
                .increment(1),
        }
    }

    /// What all who record here share and is no number, such as a table that gauges are read from: made for the first
    /// who asks. The process's global recorder has one as well, whichever make it is of.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::AtomicU64;
    /// use fedimetrics_core::Exporter;
    ///
    /// let (one, other) = (Exporter::builder().build()?, Exporter::builder().build()?);
    /// let shared: Arc<AtomicU64> = one.sink().companion();
    /// assert!(Arc::ptr_eq(&shared, &one.sink().companion()));
    /// assert!(!Arc::ptr_eq(&shared, &other.sink().companion()));
    /// # Ok::<(), fedimetrics_core::Error>(())
    /// ```
    #[must_use]
    pub fn companion<T: Any + Send + Sync + Default>(&self) -> Arc<T> {
        static GLOBAL: Companions = Companions::new();
        self.store
            .as_ref()
            .map_or(&GLOBAL, |store| store.companions())
            .get()
    }

    fn with<R>(&self, call: impl FnOnce(&dyn Recorder) -> R) -> R {
        match &self.store {
            Some(store) => call(&**store),
            None => metrics::with_recorder(call),
        }
    }
}

impl Default for Sink {
    fn default() -> Self {
        Self::global()
    }
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.store.is_some() {
            "Sink::exporter"
        } else {
            "Sink::global"
        })
    }
}

static METADATA: Metadata<'static> = Metadata::new("fedimetrics", Level::INFO, None);

fn key(metric: &'static Metric, values: &[&str]) -> Key {
    let keys = metric.label_keys();
    debug_assert_eq!(
        keys.len(),
        values.len(),
        "{} takes other labels",
        metric.name()
    );
    let labels = keys
        .iter()
        .zip(values)
        .map(|(label, value)| metrics::Label::new(label.key(), (*value).to_owned()));
    Key::from_parts(metric.name(), labels.collect::<Vec<_>>())
}

/// Whether this handle does nothing, because no recorder was installed when it was made.
///
/// The facade has no question for it; but only a live gauge asks a value what number it stands for. Adds 0.
#[must_use]
pub fn is_noop(gauge: &Gauge) -> bool {
    let asked = AtomicBool::new(false);
    gauge.increment(Ask(&asked));
    !asked.load(Ordering::Relaxed)
}

struct Ask<'a>(&'a AtomicBool);

impl IntoF64 for Ask<'_> {
    fn into_f64(self) -> f64 {
        self.0.store(true, Ordering::Relaxed);
        0.0
    }
}
