//! Store: all families, and the facade's recorder over them.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};

use super::family::Family;
use super::series::Cell;
use super::{Caps, name};
use crate::catalogue;
use crate::collect::Samples;
use crate::metric::{Kind, Metric};

/// Buckets of a host's own histogram for which the builder was given none: client libraries' usual ones, in seconds.
const DEFAULT_BUCKETS: &[f64] = &[
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// All families of one exporter.
#[derive(Debug, Default)]
pub(crate) struct Store {
    families: RwLock<BTreeMap<String, Arc<Family>>>,
    buckets: HashMap<String, Arc<[f64]>>,
    caps: Caps,
    lines: AtomicUsize,
}

impl Store {
    pub(crate) fn new(caps: Caps, buckets: HashMap<String, Arc<[f64]>>) -> Self {
        Self {
            buckets,
            caps,
            ..Self::default()
        }
    }

    pub(super) fn families(&self) -> RwLockReadGuard<'_, BTreeMap<String, Arc<Family>>> {
        self.families.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one value that was folded into `_other` before it came here.
    pub(crate) fn overflowed(&self, name: &str) {
        if let Some(family) = self.families().get(name) {
            family.overflowed();
        }
    }

    /// What the store says about itself.
    pub(crate) fn collect(&self, samples: &mut Samples) {
        for (name, family) in self.families().iter() {
            samples.add(
                &catalogue::SERIES,
                &[name],
                family.series().lines().len() as f64,
            );
            samples.add(&catalogue::OVERFLOW, &[name], family.overflow() as f64);
        }
    }

    /// The family under this name, made if it is new. `None` where the name is taken by another kind, or by another
    /// name that reads the same: two metrics are never merged into one.
    fn family(&self, raw: &str, kind: Kind) -> Option<Arc<Family>> {
        let metric = Metric::showing().filter(|metric| metric.name() == raw);
        let kind = metric.map_or(kind, Metric::kind);
        let name = name::metric(raw);
        let known = self.families().get(&*name).cloned();
        let family = known.unwrap_or_else(|| {
            let bounds = self.bounds(&name, metric);
            let made = || Arc::new(Family::new(raw, kind, metric, bounds));
            let mut families = self
                .families
                .write()
                .unwrap_or_else(PoisonError::into_inner);
            families
                .entry(name.into_owned())
                .or_insert_with(made)
                .clone()
        });
        if family.kind() == kind && family.raw() == raw {
            return Some(family);
        }
        if family.overflow() == 0 {
            tracing::warn!(
                metric = raw,
                taken_by = family.raw(),
                "a metric is not recorded: its name is taken by another one or by another kind; rename one of the two"
            );
        }
        family.overflowed();
        None
    }

    fn bounds(&self, name: &str, metric: Option<&'static Metric>) -> Arc<[f64]> {
        let given = self.buckets.get(name).cloned();
        given.unwrap_or_else(|| {
            metric
                .map_or(DEFAULT_BUCKETS, |metric| metric.buckets())
                .into()
        })
    }

    fn describe(&self, key: &KeyName, kind: Kind, help: &SharedString) {
        if let Some(family) = self.family(key.as_str(), kind) {
            family.describe(help);
        }
    }

    fn cell(&self, key: &Key, kind: Kind) -> Option<Cell> {
        let family = self.family(key.name(), kind)?;
        let cell = family.cell(key, &self.caps, &self.lines);
        if cell.is_none() {
            family.overflowed();
        }
        cell
    }
}

impl Recorder for Store {
    fn describe_counter(&self, key: KeyName, _unit: Option<Unit>, help: SharedString) {
        self.describe(&key, Kind::Counter, &help);
    }

    fn describe_gauge(&self, key: KeyName, _unit: Option<Unit>, help: SharedString) {
        self.describe(&key, Kind::Gauge, &help);
    }

    fn describe_histogram(&self, key: KeyName, _unit: Option<Unit>, help: SharedString) {
        self.describe(&key, Kind::Histogram, &help);
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
