//! Family: all series of one metric, and the caps on what may join them.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use metrics::Key;

use super::lines::Lines;
use super::value::Cell;
use super::{Caps, LabelBlock, labels, name};
use crate::label::Values;
use crate::metric::{Born, Kind, Metric, Unit};
use crate::name::OTHER;

/// All series of one metric.
#[derive(Debug)]
pub(super) struct Family {
    /// The name as the facade gave it: another one that reads the same once sanitised is refused.
    raw: Box<str>,
    kind: Kind,
    metric: Option<&'static Metric>,
    described: OnceLock<(String, Unit)>,
    bounds: Arc<[f64]>,
    lines: Mutex<Lines>,
    /// The values that each open label has had so far.
    seen: Mutex<Vec<HashSet<Box<str>>>>,
    overflow: AtomicU64,
}

/// Labels as they will be printed, and whether any of them was folded.
struct Admitted<'k> {
    labels: Vec<(Cow<'k, str>, Cow<'k, str>)>,
    folded: bool,
}

impl Family {
    pub(super) fn new(
        raw: &str,
        kind: Kind,
        metric: Option<&'static Metric>,
        bounds: Arc<[f64]>,
    ) -> Self {
        let open = metric.map_or(0, |metric| metric.label_keys().len());
        Self {
            raw: raw.into(),
            kind,
            metric,
            described: OnceLock::new(),
            bounds,
            lines: Mutex::default(),
            seen: Mutex::new(vec![HashSet::new(); open]),
            overflow: AtomicU64::new(0),
        }
    }

    /// Whether this is what a metric of that name, kind and declaration means: two metrics are never merged into one.
    pub(super) fn is(&self, raw: &str, kind: Kind, metric: Option<&'static Metric>) -> bool {
        *self.raw == *raw && self.kind == kind && self.metric.is_some() == metric.is_some()
    }

    pub(super) fn raw(&self) -> &str {
        &self.raw
    }

    pub(super) const fn kind(&self) -> Kind {
        self.kind
    }

    pub(super) fn bounds(&self) -> &[f64] {
        &self.bounds
    }

    pub(super) fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn overflow(&self) -> u64 {
        self.overflow.load(Ordering::Relaxed)
    }

    /// Counts one value that was folded or refused; how many there have been before.
    pub(super) fn overflowed(&self) -> u64 {
        self.overflow.fetch_add(1, Ordering::Relaxed)
    }

    /// The first description stands: a scrape's text must not change with the order of calls.
    pub(super) fn describe(&self, help: &str, unit: Unit) {
        self.described
            .get_or_init(|| (labels::clean_help(help), unit));
    }

    pub(super) fn help(&self) -> &str {
        let described = || self.described.get().map_or("", |(help, _)| help);
        self.metric.map_or_else(described, |metric| metric.help())
    }

    pub(super) fn unit(&self) -> Unit {
        let described = || self.described.get().map_or(Unit::Count, |(_, unit)| *unit);
        self.metric.map_or_else(described, |metric| metric.unit())
    }

    /// The value under these labels, made if it is new, and whether the labels were folded for it. `None` if they cannot
    /// be printed: two keys read the same, or one belongs to the format.
    pub(super) fn cell(&self, key: &Key, caps: &Caps, lines: &AtomicUsize) -> Option<(Cell, bool)> {
        let admitted = match self.metric {
            Some(metric) => self.admit(metric, key, caps, lines),
            None => self.admit_foreign(key, caps, lines)?,
        };
        let block = LabelBlock::encode(
            admitted
                .labels
                .iter()
                .map(|(key, value)| (&**key, &**value)),
        );
        let mut known = self.lines();
        if let Some(cell) = known.get(&block) {
            return Some((cell.clone(), admitted.folded));
        }
        let cell = Cell::new(self.kind, &self.bounds);
        known.insert(block, cell.clone());
        lines.fetch_add(self.lines_a_series(), Ordering::Relaxed);
        Some((cell, admitted.folded))
    }

    /// Our own: each open label has a cap of its own, closed ones have none.
    fn admit<'k>(
        &self,
        metric: &'static Metric,
        key: &'k Key,
        caps: &Caps,
        lines: &AtomicUsize,
    ) -> Admitted<'k> {
        let full = metric.born() == Born::Lazy && lines.load(Ordering::Relaxed) >= caps.lines;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut folded = false;
        let admit = |((label, declared), seen): (
            (&'k metrics::Label, &crate::Label),
            &mut HashSet<Box<str>>,
        )| {
            let value = labels::clean(label.value());
            let known =
                declared.values() != Values::Open || value == OTHER || seen.contains(&*value);
            if !known && (full || seen.len() >= caps.open_label) {
                folded = true;
                return (Cow::Borrowed(declared.key()), Cow::Borrowed(OTHER));
            }
            if !known {
                seen.insert((&*value).into());
            }
            (Cow::Borrowed(declared.key()), value)
        };
        let labels = key
            .labels()
            .zip(metric.label_keys())
            .zip(seen.iter_mut())
            .map(admit)
            .collect();
        drop(seen);
        Admitted { labels, folded }
    }

    /// The host's own: nothing is known of its labels, so label sets are counted and their order does not matter.
    fn admit_foreign<'k>(
        &self,
        key: &'k Key,
        caps: &Caps,
        lines: &AtomicUsize,
    ) -> Option<Admitted<'k>> {
        let mut raw = BTreeMap::new();
        let mut labels = BTreeMap::new();
        for label in key.labels() {
            let name = name::label(label.key());
            if name.starts_with("__") || name == "le" && self.kind == Kind::Histogram {
                return None;
            }
            raw.insert(label.key(), ());
            labels.insert(name, labels::clean(label.value()));
        }
        if raw.len() != labels.len() {
            return None;
        }
        let block = LabelBlock::encode(labels.iter().map(|(key, value)| (&**key, &**value)));
        let known = self.lines();
        let full =
            known.len() >= caps.foreign_series || lines.load(Ordering::Relaxed) >= caps.lines;
        let folded = full && known.get(&block).is_none() && !labels.is_empty();
        drop(known);
        let fold = |(key, value)| (key, if folded { Cow::Borrowed(OTHER) } else { value });
        Some(Admitted {
            labels: labels.into_iter().map(fold).collect(),
            folded,
        })
    }

    fn lines_a_series(&self) -> usize {
        match self.kind {
            Kind::Histogram => self.bounds.len() + 3,
            Kind::Counter | Kind::FractionalCounter | Kind::Gauge => 1,
        }
    }
}
