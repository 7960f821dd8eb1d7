//! Store: all families, and the facade's recorder over them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, PoisonError, RwLock};

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString};

use super::family::Family;
use super::index::Index;
use super::value::Cell;
use super::{Caps, name};
use crate::catalogue;
use crate::collect::Samples;
use crate::metric::{Kind, Metric, Unit};

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
}

/// By name, in the order of printing.
#[derive(Debug, Default)]
struct Families {
    by_name: BTreeMap<String, Arc<Family>>,
    occupied: HashSet<String>,
}

impl Store {
    pub(crate) fn new(caps: Caps, buckets: HashMap<String, Arc<[f64]>>) -> Self {
        Self {
            buckets,
            caps,
            ..Self::default()
        }
    }

    /// A copy of the pointers, in the order of printing: a scrape must not keep a new family waiting.
    pub(super) fn families(&self) -> Vec<(String, Arc<Family>)> {
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
        for (name, family) in self.families() {
            samples.add(&catalogue::SERIES, &[&name], family.lines().len() as f64);
            samples.add(&catalogue::OVERFLOW, &[&name], family.overflow() as f64);
        }
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

    /// The family under this name, made if it is new. `None` where the name is taken: by another kind, by another name
    /// that reads the same, or by a part of a histogram.
    fn family(&self, raw: &str, kind: Kind) -> Option<Arc<Family>> {
        let metric = Metric::showing().filter(|metric| metric.name() == raw);
        let kind = metric.map_or(kind, Metric::kind);
        let name = name::metric(raw);
        let family = self
            .known(&name)
            .or_else(|| self.found(&name, raw, kind, metric));
        let taken_by = match &family {
            Some(family) if family.is(raw, kind, metric) => return Some(family.clone()),
            Some(family) => family.raw(),
            None => "a part of another metric",
        };
        if family
            .as_ref()
            .is_none_or(|family| family.overflowed() == 0)
        {
            tracing::warn!(
                metric = &*name,
                taken_by,
                "a metric is not recorded: its name is taken by another one or by another kind; rename one of the two"
            );
        }
        None
    }

    /// Founds a family, unless one of the names that it needs is taken.
    fn found(
        &self,
        name: &str,
        raw: &str,
        kind: Kind,
        metric: Option<&'static Metric>,
    ) -> Option<Arc<Family>> {
        let given = self.buckets.get(name).cloned();
        let bounds = given.unwrap_or_else(|| {
            metric
                .map_or(DEFAULT_BUCKETS, |metric| metric.buckets())
                .into()
        });
        let needed = name::occupied(name, kind);
        let mut families = self
            .families
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(family) = families.by_name.get(name) {
            return Some(family.clone());
        }
        if needed.iter().any(|name| families.occupied.contains(name)) {
            return None;
        }
        let family = Arc::new(Family::new(raw, kind, metric, bounds));
        families.occupied.extend(needed);
        families.by_name.insert(name.to_owned(), family.clone());
        Some(family)
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
        if let Some(cell) = self.index.find(kind, key) {
            return Some(cell);
        }
        let family = self.family(key.name(), kind)?;
        match family.cell(key, &self.caps, &self.lines) {
            Some((cell, false)) => {
                self.index.remember(kind, key, &cell);
                Some(cell)
            }
            Some((cell, true)) => {
                family.overflowed();
                Some(cell)
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
        match self.cell(key, Kind::Counter) {
            Some(Cell::Counter(cell)) => Counter::from_arc(cell),
            Some(Cell::Gauge(_) | Cell::Histogram(_)) | None => Counter::noop(),
        }
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        match self.cell(key, Kind::Gauge) {
            Some(Cell::Gauge(cell)) => Gauge::from_arc(cell),
            Some(Cell::Counter(_) | Cell::Histogram(_)) | None => Gauge::noop(),
        }
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        match self.cell(key, Kind::Histogram) {
            Some(Cell::Histogram(cell)) => Histogram::from_arc(cell),
            Some(Cell::Counter(_) | Cell::Gauge(_)) | None => Histogram::noop(),
        }
    }
}
