//! Family: all series of one metric, and the caps on what may join them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use metrics::Key;

use super::counter::CounterCell;
use super::gauge::GaugeCell;
use super::histogram::HistogramCell;
use super::series::{Cell, Series};
use super::{Caps, LabelBlock, name};
use crate::metric::{Born, Kind, Metric, Values};

/// The value that stands for all that a cap folded.
pub(crate) const OTHER: &str = "_other";

/// All series of one metric.
#[derive(Debug)]
pub(super) struct Family {
    /// The name as the facade gave it: another one that reads the same once sanitised is refused.
    raw: String,
    kind: Kind,
    metric: Option<&'static Metric>,
    help: OnceLock<String>,
    bounds: Arc<[f64]>,
    series: Series,
    /// The values that each open label has had so far.
    seen: Mutex<Vec<HashSet<Box<str>>>>,
    overflow: AtomicU64,
}

impl Family {
    pub(super) fn new(
        raw: &str,
        kind: Kind,
        metric: Option<&'static Metric>,
        bounds: Arc<[f64]>,
    ) -> Self {
        let labels = metric.map_or(0, |metric| metric.label_keys().len());
        Self {
            raw: raw.to_owned(),
            kind,
            metric,
            help: OnceLock::new(),
            bounds,
            series: Series::default(),
            seen: Mutex::new(vec![HashSet::new(); labels]),
            overflow: AtomicU64::new(0),
        }
    }

    pub(super) fn raw(&self) -> &str {
        &self.raw
    }

    pub(super) const fn kind(&self) -> Kind {
        self.kind
    }

    pub(super) const fn series(&self) -> &Series {
        &self.series
    }

    pub(super) fn overflow(&self) -> u64 {
        self.overflow.load(Ordering::Relaxed)
    }

    pub(super) fn overflowed(&self) {
        self.overflow.fetch_add(1, Ordering::Relaxed);
    }

    /// The first description stands: a scrape's text must not change with the order of calls.
    pub(super) fn describe(&self, help: &str) {
        self.help.get_or_init(|| help.to_owned());
    }

    pub(super) fn help(&self) -> &str {
        self.metric.map_or_else(
            || self.help.get().map_or("", String::as_str),
            |metric| metric.help(),
        )
    }

    /// The value under these labels, made if it is new. `None` if two of its keys read the same.
    pub(super) fn cell(&self, key: &Key, caps: &Caps, lines: &AtomicUsize) -> Option<Cell> {
        if let Some(known) = self.series.find(key) {
            return Some(known);
        }
        let (labels, folded) = match self.metric {
            Some(metric) => self.admit(metric, key, caps, lines),
            None => self.admit_foreign(key, caps)?,
        };
        let block = LabelBlock::encode(labels.iter().map(|(key, value)| (&**key, &**value)));
        let cell = {
            let mut all = self.series.lines();
            let cell = all.entry(block).or_insert_with(|| {
                lines.fetch_add(self.lines_a_series(), Ordering::Relaxed);
                self.new_cell()
            });
            cell.clone()
        };
        if folded {
            self.overflowed();
        } else {
            self.series.remember(key, &cell);
        }
        Some(cell)
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
        let labels = key
            .labels()
            .zip(metric.label_keys())
            .zip(seen.iter_mut())
            .map(|((label, declared), seen)| {
                let value = label.value();
                let known =
                    declared.values() != Values::Open || value == OTHER || seen.contains(value);
                if !known && (full || seen.len() >= caps.open_label) {
                    folded = true;
                    return (Cow::Borrowed(declared.key()), OTHER);
                }
                if !known {
                    seen.insert(value.into());
                }
                (Cow::Borrowed(declared.key()), value)
            });
        let labels = labels.collect();
        drop(seen);
        (labels, folded)
    }

    /// The host's own: nothing is known of its labels, so label sets are counted and their order does not matter.
    fn admit_foreign<'k>(&self, key: &'k Key, caps: &Caps) -> Option<Admitted<'k>> {
        let labels: BTreeMap<Cow<'k, str>, &'k str> = key
            .labels()
            .map(|label| (name::label(label.key()), label.value()))
            .collect();
        let raw: BTreeSet<&str> = key.labels().map(metrics::Label::key).collect();
        if raw.len() != labels.len() {
            return None;
        }
        let block = LabelBlock::encode(labels.iter().map(|(key, value)| (&**key, *value)));
        let all = self.series.lines();
        let folded = all.len() >= caps.foreign_series && !all.contains_key(&block);
        drop(all);
        Some((
            labels
                .into_iter()
                .map(|(key, value)| (key, if folded { OTHER } else { value }))
                .collect(),
            folded,
        ))
    }

    fn lines_a_series(&self) -> usize {
        match self.kind {
            Kind::Histogram => self.bounds.len() + 3,
            Kind::Counter | Kind::FractionalCounter | Kind::Gauge => 1,
        }
    }

    fn new_cell(&self) -> Cell {
        match self.kind {
            Kind::Counter => Cell::Counter(Arc::new(CounterCell::default())),
            Kind::FractionalCounter | Kind::Gauge => Cell::Gauge(Arc::new(GaugeCell::default())),
            Kind::Histogram => Cell::Histogram(Arc::new(HistogramCell::new(self.bounds.clone()))),
        }
    }
}

/// Labels as they will be printed, and whether any of them was folded.
type Admitted<'k> = (Vec<(Cow<'k, str>, &'k str)>, bool);
