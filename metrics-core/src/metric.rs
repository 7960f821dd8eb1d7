//! One metric, as it will be read: name, kind, unit, help, label keys, buckets.

use std::cell::Cell;
use std::fmt;

use crate::label::Label;
use crate::shard::Shard;

/// What a metric's lines mean to a scraper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Only grows, in whole numbers.
    Counter,
    /// Only grows, by fractions: a facade gauge that is printed as a counter, so that a foreign exporter shows seconds
    /// and not nanoseconds.
    FractionalCounter,
    /// Goes up and down.
    Gauge,
    /// Counts observations by size, in fixed buckets.
    Histogram,
}

impl Kind {
    /// The word of the exposition format: `counter`, `gauge` or `histogram`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter | Self::FractionalCounter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// The base unit that a metric's name ends in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// A plain number.
    Count,
    /// Seconds.
    Seconds,
    /// Bytes.
    Bytes,
}

impl Unit {
    /// The word that the name carries, empty for plain numbers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Count => "",
            Self::Seconds => "seconds",
            Self::Bytes => "bytes",
        }
    }

    /// What a host says of its own metrics; units that no name may end in are plain numbers.
    pub(crate) const fn of_facade(unit: metrics::Unit) -> Self {
        match unit {
            metrics::Unit::Seconds => Self::Seconds,
            metrics::Unit::Bytes => Self::Bytes,
            _ => Self::Count,
        }
    }

    pub(crate) const fn facade(self) -> metrics::Unit {
        match self {
            Self::Count => metrics::Unit::Count,
            Self::Seconds => metrics::Unit::Seconds,
            Self::Bytes => metrics::Unit::Bytes,
        }
    }
}

/// When a family's series exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Born {
    /// Complete at 0 from the first scrape, because the host declared what it has.
    Declared,
    /// At first use.
    Lazy,
    /// Read anew at each scrape: absent where its source has no answer.
    AtScrape,
}

/// Where a metric can be expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Appears {
    /// On every system.
    Always,
    /// On Linux.
    Linux,
    /// With a cargo feature, or when a setting asks for it: the text says which.
    When(&'static str),
}

/// A metric's whole declaration: made once, as a `static` in its crate's `catalogue.rs`.
///
/// # Examples
///
/// ```
/// use fedimetrics_core::{Label, Metric};
///
/// static BOOSTS: Metric = Metric::counter("demo_boosts_total", "Boosts seen, by visibility.")
///     .labels(&[Label::closed("visibility", &["public", "unlisted"])]);
/// assert_eq!(BOOSTS.name(), "demo_boosts_total");
/// ```
#[derive(Clone, Copy)]
pub struct Metric {
    name: &'static str,
    kind: Kind,
    unit: Unit,
    help: &'static str,
    labels: &'static [Label],
    buckets: &'static [f64],
    born: Born,
    appears: Appears,
    sharded: bool,
}

impl Metric {
    const fn new(name: &'static str, kind: Kind, help: &'static str) -> Self {
        Self {
            name,
            kind,
            unit: Unit::Count,
            help,
            labels: &[],
            buckets: &[],
            born: Born::Declared,
            appears: Appears::Always,
            sharded: false,
        }
    }

    /// A counter of whole numbers. Its name ends in `_total`.
    #[must_use]
    pub const fn counter(name: &'static str, help: &'static str) -> Self {
        Self::new(name, Kind::Counter, help)
    }

    /// A counter that grows by fractions, usually seconds. Its name ends in `_total`.
    #[must_use]
    pub const fn fractional_counter(name: &'static str, help: &'static str) -> Self {
        Self::new(name, Kind::FractionalCounter, help)
    }

    /// A gauge.
    #[must_use]
    pub const fn gauge(name: &'static str, help: &'static str) -> Self {
        Self::new(name, Kind::Gauge, help)
    }

    /// A histogram with these upper bounds, ascending, without the last, infinite one.
    #[must_use]
    pub const fn histogram(
        name: &'static str,
        help: &'static str,
        buckets: &'static [f64],
    ) -> Self {
        let mut metric = Self::new(name, Kind::Histogram, help);
        metric.buckets = buckets;
        metric
    }

    /// In seconds.
    #[must_use]
    pub const fn seconds(mut self) -> Self {
        self.unit = Unit::Seconds;
        self
    }

    /// In bytes.
    #[must_use]
    pub const fn bytes(mut self) -> Self {
        self.unit = Unit::Bytes;
        self
    }

    /// With these label keys, in this order.
    #[must_use]
    pub const fn labels(mut self, labels: &'static [Label]) -> Self {
        self.labels = labels;
        self
    }

    /// Its series come at first use.
    #[must_use]
    pub const fn lazy(mut self) -> Self {
        self.born = Born::Lazy;
        self
    }

    /// Its series are read anew at each scrape.
    #[must_use]
    pub const fn at_scrape(mut self) -> Self {
        self.born = Born::AtScrape;
        self
    }

    /// Where it appears. Defaults to everywhere.
    #[must_use]
    pub const fn appears(mut self, appears: Appears) -> Self {
        self.appears = appears;
        self
    }

    /// Many threads record it at the same time: each [`Shard`] gets a cell of its own, which takes 0.1 kB a series, and 0.2
    /// more where it is recorded by several. A histogram finds out by itself.
    #[must_use]
    pub const fn sharded(mut self) -> Self {
        self.sharded = true;
        self
    }

    /// The whole name, unit and `_total` included.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What its lines mean.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Its unit.
    #[must_use]
    pub const fn unit(&self) -> Unit {
        self.unit
    }

    /// What it says, as a sentence.
    #[must_use]
    pub const fn help(&self) -> &'static str {
        self.help
    }

    /// Its label keys, in the order in which values are given.
    #[must_use]
    pub const fn label_keys(&self) -> &'static [Label] {
        self.labels
    }

    /// The upper bounds of a histogram's buckets; empty for other kinds.
    #[must_use]
    pub const fn buckets(&self) -> &'static [f64] {
        self.buckets
    }

    /// When its series exist.
    #[must_use]
    pub const fn born(&self) -> Born {
        self.born
    }

    /// Where it can be expected.
    #[must_use]
    pub const fn appearance(&self) -> Appears {
        self.appears
    }

    pub(crate) const fn is_sharded(&self) -> bool {
        self.sharded
    }

    /// Whether two declarations of one name allow the same series.
    pub(crate) fn declares_like(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
            || self.name == other.name
                && self.kind == other.kind
                && self.unit == other.unit
                && self.labels == other.labels
                && self.buckets == other.buckets
    }

    /// Tells a recorder this metric's help and unit.
    pub(crate) fn describe(&'static self, recorder: &dyn metrics::Recorder) {
        let (name, unit, help) = (self.name.into(), Some(self.unit.facade()), self.help.into());
        self.shown(|| match self.kind {
            Kind::Counter => recorder.describe_counter(name, unit, help),
            Kind::FractionalCounter | Kind::Gauge => recorder.describe_gauge(name, unit, help),
            Kind::Histogram => recorder.describe_histogram(name, unit, help),
        });
    }

    /// Runs one facade call while our own recorder can see whose it is.
    ///
    /// The facade's `register_histogram` carries no buckets and no label rules. A thread-local does; it works directly
    /// and through a fan-out, and a foreign recorder does not notice.
    pub(crate) fn shown<R>(&'static self, call: impl FnOnce() -> R) -> R {
        self.shown_on(Shard::FIRST, call)
    }

    /// The same, for a handle of that shard.
    pub(crate) fn shown_on<R>(&'static self, shard: Shard, call: impl FnOnce() -> R) -> R {
        let before = SHOWN.replace(Some((self, shard)));
        let _restore = Restore(before);
        call()
    }

    /// The metric whose facade call this thread is in.
    pub(crate) fn showing() -> Option<&'static Self> {
        SHOWN.get().map(|(metric, _)| metric)
    }

    /// The shard that the call is for; the first where nobody said.
    pub(crate) fn shard() -> Shard {
        SHOWN.get().map_or(Shard::FIRST, |(_, shard)| shard)
    }
}

impl fmt::Debug for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metric")
            .field("name", &self.name)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

thread_local! {
    static SHOWN: Cell<Option<Shown>> = const { Cell::new(None) };
}

type Shown = (&'static Metric, Shard);

struct Restore(Option<Shown>);

impl Drop for Restore {
    fn drop(&mut self) {
        SHOWN.set(self.0);
    }
}

/// The process's global recorder is told what these metrics mean.
///
/// An [`Exporter`](crate::Exporter) does this for all that it watches; a host with a recorder of another make calls it
/// once, after that recorder is installed.
pub fn describe(metrics: &[&'static Metric]) {
    metrics::with_recorder(|recorder| metrics.iter().for_each(|metric| metric.describe(recorder)));
}
