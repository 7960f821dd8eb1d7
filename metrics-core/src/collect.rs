//! Collector: values that are read at each scrape, and can be absent.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::metric::Metric;
use crate::recorder::LabelBlock;

/// Values that are read at each scrape.
///
/// A collector is synchronous and cheap (well under a millisecond): what has to wait for a database belongs into a task
/// of its own that leaves its last reading here. Panics are caught: the scrape goes on without this collector, and
/// `exporter_collector_success` reads 0.
///
/// # Examples
///
/// ```
/// use fedimetrics_core::{Collector, Exporter, Metric, Samples};
///
/// static CACHED: Metric = Metric::gauge("demo_cached_actors", "Actors held in memory.").at_scrape();
///
/// struct Cache(Vec<&'static str>);
///
/// impl Collector for Cache {
///     fn name(&self) -> &'static str {
///         "actor_cache"
///     }
///     fn collect(&self, samples: &mut Samples) {
///         samples.add(&CACHED, &[], self.0.len() as f64);
///     }
/// }
///
/// let exporter = Exporter::builder().collect(Cache(vec!["alice", "bob"])).build()?;
/// assert!(exporter.render().contains("\ndemo_cached_actors 2\n"));
/// # Ok::<(), fedimetrics_core::Error>(())
/// ```
pub trait Collector: Send + Sync {
    /// The value of the `collector` label under which its success and duration are shown; several may share one.
    fn name(&self) -> &'static str;

    /// Adds what it reads. What cannot be read is left out: absent, never 0.
    fn collect(&self, samples: &mut Samples);
}

impl<C: Collector + ?Sized> Collector for Arc<C> {
    fn name(&self) -> &'static str {
        (**self).name()
    }

    fn collect(&self, samples: &mut Samples) {
        (**self).collect(samples);
    }
}

/// What collectors read in one scrape: sorted, and every series once.
#[derive(Default)]
pub struct Samples {
    families: BTreeMap<&'static str, Sampled>,
}

pub(crate) struct Sampled {
    pub(crate) metric: &'static Metric,
    pub(crate) lines: BTreeMap<LabelBlock, f64>,
}

impl Samples {
    /// Adds one value. `values` are the label values, in the order of the metric's keys. NaN means absent; of two values
    /// for the same labels the last one stands.
    pub fn add(&mut self, metric: &'static Metric, values: &[&str], value: f64) {
        debug_assert_eq!(
            metric.label_keys().len(),
            values.len(),
            "{} takes other labels",
            metric.name()
        );
        if value.is_nan() {
            return;
        }
        let block = block(metric, values);
        self.family(metric).lines.insert(block, value);
    }

    /// Adds one value that several collectors have a part in.
    pub(crate) fn merge(
        &mut self,
        metric: &'static Metric,
        values: &[&str],
        value: f64,
        merge: fn(f64, f64) -> f64,
    ) {
        let block = block(metric, values);
        self.family(metric)
            .lines
            .entry(block)
            .and_modify(|known| *known = merge(*known, value))
            .or_insert(value);
    }

    pub(crate) fn append(&mut self, other: Self) {
        for sampled in other.families.into_values() {
            self.family(sampled.metric).lines.extend(sampled.lines);
        }
    }

    fn family(&mut self, metric: &'static Metric) -> &mut Sampled {
        self.families
            .entry(metric.name())
            .or_insert_with(|| Sampled {
                metric,
                lines: BTreeMap::new(),
            })
    }

    pub(crate) const fn families(&self) -> &BTreeMap<&'static str, Sampled> {
        &self.families
    }
}

fn block(metric: &'static Metric, values: &[&str]) -> LabelBlock {
    LabelBlock::encode(
        metric
            .label_keys()
            .iter()
            .map(|label| label.key())
            .zip(values.iter().copied()),
    )
}

impl fmt::Debug for Samples {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Samples")
            .field("families", &self.families.len())
            .finish()
    }
}
