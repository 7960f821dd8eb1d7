//! Store: all families, and the facade's recorder over them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString};

use super::family::Family;
use super::index::Index;
use super::value::Cell;
use super::{Caps, name};
use crate::catalogue;
use crate::collect::Samples;
use crate::companions::Companions;
use crate::metric::{Kind, Metric, Unit};
use crate::name::OTHER;

/// Buckets of a host's own histogram for which the builder was given none: client libraries' usual ones, in seconds.
const DEFAULT_BUCKETS: &[f64] = &[
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// All families of one exporter.
#[derive(Debug, Default)]
pub(crate) struct Store {
    families: RwLock<Families>,
    index: Index,
    buckets: HashMap<String, Arc<[f64]>>,
    caps: Caps,
    /// Sample lines in all.
    lines: AtomicUsize,
    /// Calls for metrics that there is no family for.
    refused: AtomicU64,
    /// Whether it is noted when a series was made.
    created: bool,
    companions: Companions,
}

/// By name, in the order of printing.
#[derive(Debug, Default)]
struct Families {
    by_name: BTreeMap<Arc<str>, Arc<Family>>,
    occupied: HashSet<String>,
    /// How many are the host's own.
    foreign: usize,
}

impl Store {
    pub(crate) fn new(caps: Caps, buckets: HashMap<String, Arc<[f64]>>, created: bool) -> Self {
        Self {
            buckets,
            caps,
            created,
            ..Self::default()
        }
    }

    pub(crate) const fn companions(&self) -> &Companions {
        &self.companions
    }

    /// A copy of the pointers, in the order of printing: a scrape must not keep a new family waiting.
    pub(super) fn families(&self) -> Vec<(Arc<str>, Arc<Family>)> {
        let families = self.families.read().unwrap_or_else(PoisonError::into_inner);
        families
            .by_name
            .iter()
            .map(|(name, family)| (name.clone(), family.clone()))
            .collect()
    }

    /// Counts one value that was folded into `_other` before it came here.
    pub(crate) fn overflowed(&self, name: &str) {
        if let Some(family) = self.known(name) {
            family.overflowed();
        }
    }

    /// What the store says about itself.
    pub(crate) fn collect(&self, samples: &mut Samples) {
        let sum = |one, other| one + other;
        for (name, family) in self.families() {
            let series = family.lines().places().len();
            samples.add(&catalogue::SERIES, &[&name], series as f64);
            samples.merge(
                &catalogue::OVERFLOW,
                &[&name],
                family.overflow() as f64,
                sum,
            );
        }
        let refused = self.refused.load(Ordering::Relaxed);
        samples.merge(&catalogue::OVERFLOW, &[OTHER], refused as f64, sum);
    }

    /// The family of values that are read at scrape. `None` where they cannot be printed.
    pub(super) fn sampled(&self, metric: &'static Metric) -> Option<Arc<Family>> {
        metric.shown(|| self.family(metric.name(), metric.kind()))
    }

    /// Whether one of these names is taken.
    pub(super) fn holds_any(&self, names: &[String]) -> bool {
        let families = self.families.read().unwrap_or_else(PoisonError::into_inner);
        names.iter().any(|name| families.occupied.contains(name))
    }

    pub(super) const fn lines_at_most(&self) -> usize {
        self.caps.lines
    }

    fn known(&self, name: &str) -> Option<Arc<Family>> {
        self.families
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .by_name
            .get(name)
            .cloned()
    }

    /// The family under this name, made if it is new. `None` where it cannot be: where the name is taken by another kind,
    /// by another name that reads the same, or by a part of a histogram; where there are too many.
    fn family(&self, raw: &str, kind: Kind) -> Option<Arc<Family>> {
        let metric = Metric::showing().filter(|metric| metric.name() == raw);
        let kind = metric.map_or(kind, Metric::kind);
        let name = name::metric(raw);
        let family = match self.known(&name) {
            Some(family) => Ok(family),
            None => self.found(&name, raw, kind, metric),
        };
        let (because, before) = match &family {
            Ok(family) if family.is(raw, kind, metric) => return Some(family.clone()),
            Ok(family) => (
                "its name is taken by another one or by another kind",
                family.overflowed(),
            ),
            Err(because) => (*because, self.refused.fetch_add(1, Ordering::Relaxed)),
        };
        // Again and again, but ever more seldom.
        if (before + 1).is_power_of_two() {
            tracing::warn!(metric = &*name, because, "a metric is not recorded");
        }
        None
    }

    /// Founds a family, unless it cannot be printed or one of the names that it needs is taken.
    fn found(
        &self,
        name: &str,
        raw: &str,
        kind: Kind,
        metric: Option<&'static Metric>,
    ) -> Result<Arc<Family>, &'static str> {
        if raw.len() > name::LONGEST_RAW {
            return Err("its name is too long");
        }
        if metric.is_some_and(|metric| !name::is_readable(metric)) {
            return Err("its name or one of its label keys is none that a scraper reads");
        }
        if name::says_nothing(name) {
            return Err("its name says nothing");
        }
        let needed = name::occupied(name, kind);
        let mut families = self
            .families
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(family) = families.by_name.get(name) {
            return Ok(family.clone());
        }
        if needed.iter().any(|name| families.occupied.contains(name)) {
            return Err("its name is taken by a part of another one");
        }
        if metric.is_none() && families.foreign >= self.caps.foreign_metrics {
            return Err("there are too many metrics");
        }
        let bounds = self.bounds(name, metric);
        let family = Arc::new(Family::new(name, raw, kind, metric, bounds));
        families.foreign += usize::from(metric.is_none());
        families.occupied.extend(needed);
        families.by_name.insert(name.into(), family.clone());
        Ok(family)
    }

    /// The upper bounds of a histogram's buckets: finite and ascending, whatever was declared.
    fn bounds(&self, name: &str, metric: Option<&'static Metric>) -> Box<[f64]> {
        if let Some(given) = self.buckets.get(name) {
            return Box::from(&**given);
        }
        let declared = metric.map_or(DEFAULT_BUCKETS, Metric::buckets);
        let finite = declared.iter().copied().filter(|bound| bound.is_finite());
        let mut bounds: Vec<_> = finite.collect();
        bounds.sort_by(f64::total_cmp);
        bounds.dedup();
        bounds.into()
    }

    fn describe(
        &self,
        key: &KeyName,
        kind: Kind,
        unit: Option<metrics::Unit>,
        help: &SharedString,
    ) {
        if let Some(family) = self.family(key.as_str(), kind) {
            family.describe(help, unit.map_or(Unit::Count, Unit::of_facade));
        }
    }

    fn cell(&self, key: &Key, kind: Kind) -> Option<Cell> {
        let hash = self.index.hash(key);
        if let Some(cell) = self.index.find(hash, kind, key) {
            return Some(cell);
        }
        let family = self.family(key.name(), kind)?;
        match family.find(key, &self.caps, &self.lines, || self.now()) {
            Some(found) => {
                if found.usual {
                    self.index.remember(hash, kind, key, &found.cell);
                }
                if found.folded {
                    family.overflowed();
                }
                Some(found.cell)
            }
            None => {
                if family.overflowed() == 0 {
                    tracing::warn!(
                        metric = family.raw(),
                        "a series is not recorded: two of its label keys read the same, or one is reserved; rename it"
                    );
                }
                None
            }
        }
    }

    /// In milliseconds since 1970.
    fn now(&self) -> Option<NonZeroU64> {
        let now = self.created.then(SystemTime::now)?;
        let since = now.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        u64::try_from(since.as_millis())
            .ok()
            .and_then(NonZeroU64::new)
    }
}

impl Recorder for Store {
    fn describe_counter(&self, key: KeyName, unit: Option<metrics::Unit>, help: SharedString) {
        self.describe(&key, Kind::Counter, unit, &help);
    }

    fn describe_gauge(&self, key: KeyName, unit: Option<metrics::Unit>, help: SharedString) {
        self.describe(&key, Kind::Gauge, unit, &help);
    }

    fn describe_histogram(&self, key: KeyName, unit: Option<metrics::Unit>, help: SharedString) {
        self.describe(&key, Kind::Histogram, unit, &help);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        counter(self.cell(key, Kind::Counter))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        gauge(self.cell(key, Kind::Gauge))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        match self.cell(key, Kind::Histogram) {
            Some(Cell::Histogram(cell)) => Histogram::from_arc(cell),
            Some(Cell::Counter(_) | Cell::Fraction(_) | Cell::Gauge(_) | Cell::Sharded(_))
            | None => Histogram::noop(),
        }
    }
}

fn counter(cell: Option<Cell>) -> Counter {
    match cell {
        Some(Cell::Counter(cell)) => Counter::from_arc(cell),
        Some(Cell::Sharded(cells)) => counter(Some(cells.asked())),
        Some(Cell::Fraction(_) | Cell::Gauge(_) | Cell::Histogram(_)) | None => Counter::noop(),
    }
}

fn gauge(cell: Option<Cell>) -> Gauge {
    match cell {
        Some(Cell::Gauge(cell)) => Gauge::from_arc(cell),
        Some(Cell::Fraction(cell)) => Gauge::from_arc(cell),
        Some(Cell::Sharded(cells)) => gauge(Some(cells.asked())),
        Some(Cell::Counter(_) | Cell::Histogram(_)) | None => Gauge::noop(),
    }
}
