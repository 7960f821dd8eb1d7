//! Collector: values that are read at each scrape, and can be absent.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use quanta::Instant;

use crate::catalogue::{COLLECTOR_DURATION, COLLECTOR_SUCCESS};
use crate::metric::Metric;
use crate::recorder::{LabelBlock, Shown};

/// Values that are read at each scrape.
///
/// A collector is synchronous and cheap (well under a millisecond): what has to wait for a database belongs into a task
/// of its own that leaves its last reading here. Panics are caught: the scrape goes on without this collector, and
/// `exporter_collector_success` reads 0. So it does for those that a scrape has no time left for; whoever took long last
/// time is read last, and keeps no other one from being read.
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

/// Who took this long last time is read after the others.
const SLOW: Duration = Duration::from_millis(50);

/// All collectors of one exporter.
#[derive(Default)]
pub(crate) struct Collectors(Vec<Attached>);

struct Attached {
    collector: Box<dyn Collector>,
    /// How long it took last time, in nanoseconds.
    took: AtomicU64,
}

impl Collectors {
    pub(crate) fn push(&mut self, collectors: impl IntoIterator<Item = Box<dyn Collector>>) {
        self.0
            .extend(collectors.into_iter().map(|collector| Attached {
                collector,
                took: AtomicU64::new(0),
            }));
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Reads them one after the other, the slow ones last. Once the deadline is over, those that remain are left out.
    pub(crate) fn read(&self, samples: &mut Samples, deadline: Option<Instant>) {
        let mut order: Vec<_> = self.0.iter().map(|one| (one.slowness(), one)).collect();
        order.sort_by_key(|(slowness, _)| *slowness);
        for (_, attached) in order {
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                attached.succeeded(false, samples);
            } else {
                attached.read(samples);
            }
        }
    }
}

impl Attached {
    /// 0 for all who are quick, so that their order stays as it was given.
    fn slowness(&self) -> Duration {
        let took = Duration::from_nanos(self.took.load(Ordering::Relaxed));
        Some(took).filter(|took| *took >= SLOW).unwrap_or_default()
    }

    /// Apart from the others: what it read before it panicked does not count.
    fn read(&self, samples: &mut Samples) {
        let begun = Instant::now();
        let mut own = Samples::default();
        let read = catch_unwind(AssertUnwindSafe(|| self.collector.collect(&mut own)));
        let took = begun.elapsed();
        let nanoseconds = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        self.took.store(nanoseconds, Ordering::Relaxed);
        if read.is_ok() {
            samples.append(own);
        }
        self.succeeded(read.is_ok(), samples);
        samples.merge(
            &COLLECTOR_DURATION,
            &[self.collector.name()],
            took.as_secs_f64(),
            |one, other| one + other,
        );
    }

    /// Of several under one name, all must have answered.
    fn succeeded(&self, answered: bool, samples: &mut Samples) {
        let value = f64::from(u8::from(answered));
        samples.merge(
            &COLLECTOR_SUCCESS,
            &[self.collector.name()],
            value,
            f64::min,
        );
    }
}

/// What collectors read in one scrape: sorted, and every series once.
#[derive(Default)]
pub struct Samples {
    families: BTreeMap<&'static str, Sampled>,
    /// Foreign texts, before they are taken apart.
    texts: Vec<String>,
    foreign: Shown,
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
        let family = self.family(metric);
        family.lines.insert(block(family.metric, values), value);
    }

    /// Appends what another library's registry prints in the text format 0.0.4.
    ///
    /// It is taken apart and printed anew, so it can break no scrape, in either format: lines that cannot be read are
    /// left out, and so are families whose names are taken (ours stand), series that are there twice, histograms that
    /// contradict themselves, and whole families past [`Caps::lines`](crate::Caps::lines). `exporter_foreign_left_out_total`
    /// counts the lines, and the log says once which family it was. Timestamps are left out: what is shown was read now.
    ///
    /// # Examples
    ///
    /// ```
    /// use fedimetrics_core::{Collector, Exporter, Samples};
    ///
    /// struct Legacy;
    ///
    /// impl Collector for Legacy {
    ///     fn name(&self) -> &'static str {
    ///         "legacy"
    ///     }
    ///     fn collect(&self, samples: &mut Samples) {
    ///         samples.append_text("# TYPE legacy_posts_total counter\nlegacy_posts_total 7\nlegacy_posts_total{ oops\n");
    ///     }
    /// }
    ///
    /// let text = Exporter::builder().collect(Legacy).build()?.render();
    /// assert!(text.contains("# TYPE legacy_posts_total counter\nlegacy_posts_total 7\n"));
    /// assert!(text.contains(r#"exporter_foreign_left_out_total{why="malformed"} 1"#));
    /// # Ok::<(), fedimetrics_core::Error>(())
    /// ```
    pub fn append_text(&mut self, text: impl Into<String>) {
        self.texts.push(text.into());
    }

    pub(crate) fn take_texts(&mut self) -> Vec<String> {
        std::mem::take(&mut self.texts)
    }

    pub(crate) fn show_foreign(&mut self, shown: Shown) {
        self.foreign = shown;
    }

    pub(crate) const fn foreign(&self) -> &Shown {
        &self.foreign
    }

    /// Adds one value that several collectors have a part in.
    pub(crate) fn merge(
        &mut self,
        metric: &'static Metric,
        values: &[&str],
        value: f64,
        merge: fn(f64, f64) -> f64,
    ) {
        let family = self.family(metric);
        family
            .lines
            .entry(block(family.metric, values))
            .and_modify(|known| *known = merge(*known, value))
            .or_insert(value);
    }

    pub(crate) fn append(&mut self, other: Self) {
        for sampled in other.families.into_values() {
            let family = self.family(sampled.metric);
            // One name declared twice, with other labels: the first one stands.
            if family.metric.label_keys() == sampled.metric.label_keys() {
                family.lines.extend(sampled.lines);
            }
        }
        self.texts.extend(other.texts);
    }

    fn family(&mut self, metric: &'static Metric) -> &mut Sampled {
        self.families
            .entry(metric.name())
            .or_insert_with(|| Sampled {
                metric,
                lines: BTreeMap::new(),
            })
    }

    pub(crate) fn families(&self) -> impl Iterator<Item = &Sampled> {
        self.families.values()
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
