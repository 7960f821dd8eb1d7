//! Family: all series of one metric, and the caps on what may join them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use metrics::Key;

use super::buckets::Buckets;
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
    buckets: Arc<Buckets>,
    lines: Lines,
    /// The values that each open label has had so far.
    seen: Mutex<Vec<HashSet<Box<str>>>>,
    overflow: AtomicU64,
}

/// Labels as they will be printed.
struct Admitted<'k> {
    labels: Vec<(Cow<'k, str>, Cow<'k, str>)>,
    /// Whether any of them was folded.
    folded: bool,
    /// Whether any of them is printed otherwise than it came, so that others may be printed the same.
    cleaned: bool,
}

/// A series that was found or made.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) cell: Cell,
    /// Whether its labels were folded for it.
    pub(super) folded: bool,
    /// Whether these labels are a spelling of it that is worth remembering: there is a bounded number of those.
    pub(super) usual: bool,
}

impl Family {
    pub(super) fn new(
        name: &str,
        raw: &str,
        kind: Kind,
        metric: Option<&'static Metric>,
        bounds: Box<[f64]>,
    ) -> Self {
        let open = metric.map_or(0, |metric| metric.label_keys().len());
        let declared = metric.map(|metric| (labels::clean_help(metric.help()), metric.unit()));
        Self {
            raw: raw.into(),
            kind,
            metric,
            described: declared.map_or_else(OnceLock::new, OnceLock::from),
            buckets: Arc::new(Buckets::new(bounds)),
            lines: Lines::new(if kind == Kind::Histogram { "" } else { name }),
            seen: Mutex::new(vec![HashSet::new(); open]),
            overflow: AtomicU64::new(0),
        }
    }

    /// Whether this is what a metric of that name, kind and declaration means: two metrics are never merged into one.
    pub(super) fn is(&self, raw: &str, kind: Kind, metric: Option<&'static Metric>) -> bool {
        let declared = match (self.metric, metric) {
            (Some(ours), Some(theirs)) => ours.declares_like(theirs),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        declared && *self.raw == *raw && self.kind == kind
    }

    pub(super) fn raw(&self) -> &str {
        &self.raw
    }

    pub(super) const fn kind(&self) -> Kind {
        self.kind
    }

    pub(super) fn bounds(&self) -> &[f64] {
        self.buckets.bounds()
    }

    pub(super) const fn lines(&self) -> &Lines {
        &self.lines
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
        self.described.get().map_or("", |(help, _)| help)
    }

    pub(super) fn unit(&self) -> Unit {
        self.described.get().map_or(Unit::Count, |(_, unit)| *unit)
    }

    /// The value under these labels, made if it is new. `None` if they cannot be printed: two keys read the same, or one
    /// belongs to the format.
    pub(super) fn find(
        &self,
        key: &Key,
        caps: &Caps,
        lines: &AtomicUsize,
        now: impl FnOnce() -> Option<NonZeroU64>,
    ) -> Option<Found> {
        let admitted = match self.metric {
            Some(metric) => self.admit(metric, key, caps, lines),
            None => self.admit_foreign(key, caps, lines)?,
        };
        let block = block(&admitted.labels);
        let Admitted {
            folded, cleaned, ..
        } = admitted;
        let mut places = self.lines.places();
        let (cell, made) = match places.get(&block) {
            Some(cell) => (cell.clone(), false),
            None => {
                let make = || match self.metric.is_some_and(Metric::is_sharded) {
                    true => Cell::sharded(self.kind, &self.buckets),
                    false => Cell::new(self.kind, &self.buckets),
                };
                let cell = places.insert(block, now(), make);
                lines.fetch_add(self.lines_a_series(), Ordering::Relaxed);
                (cell, true)
            }
        };
        // A stranger can spell a value in more ways than anybody could remember, if some are cleaned to the same.
        let usual = !folded && (!cleaned || made) && length(key) <= LONGEST_KEY;
        Some(Found {
            cell,
            folded,
            usual,
        })
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
        let (mut folded, mut cleaned) = (false, false);
        let admit = |((label, declared), seen): (
            (&'k metrics::Label, &crate::Label),
            &mut HashSet<Box<str>>,
        )| {
            let value = labels::clean(label.value());
            cleaned |= matches!(value, Cow::Owned(_));
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
        Admitted {
            labels,
            folded,
            cleaned,
        }
    }

    /// The host's own: nothing is known of its labels, so label sets are counted and their order does not matter.
    fn admit_foreign<'k>(
        &self,
        key: &'k Key,
        caps: &Caps,
        lines: &AtomicUsize,
    ) -> Option<Admitted<'k>> {
        let mut raw = BTreeSet::new();
        let mut labels = BTreeMap::new();
        for label in key.labels() {
            let name = name::label(label.key());
            if name::is_reserved(&name, self.kind) {
                return None;
            }
            raw.insert(label.key());
            labels.insert(name, labels::clean(label.value()));
        }
        if raw.len() != labels.len() {
            return None;
        }
        let owned = |cow: &Cow<'_, str>| matches!(cow, Cow::Owned(_));
        let cleaned = labels.len() < key.labels().len()
            || labels
                .iter()
                .any(|(key, value)| owned(key) || owned(value) || value.is_empty());
        // To Prometheus a label without a value is none: with it and without it would be one series twice.
        let mut labels: Vec<_> = labels
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .collect();
        let places = self.lines.places();
        let full =
            places.len() >= caps.foreign_series || lines.load(Ordering::Relaxed) >= caps.lines;
        let folded = full && !labels.is_empty() && places.get(&block(&labels)).is_none();
        drop(places);
        if folded {
            labels
                .iter_mut()
                .for_each(|(_, value)| *value = Cow::Borrowed(OTHER));
        }
        Some(Admitted {
            labels,
            folded,
            cleaned,
        })
    }

    fn lines_a_series(&self) -> usize {
        match self.kind {
            Kind::Histogram => self.bounds().len() + 3,
            Kind::Counter | Kind::FractionalCounter | Kind::Gauge => 1,
        }
    }
}

fn block(labels: &[(Cow<'_, str>, Cow<'_, str>)]) -> LabelBlock {
    LabelBlock::encode(labels.iter().map(|(key, value)| (&**key, &**value)))
}

/// The longest spelling of a series that is remembered, in bytes.
const LONGEST_KEY: usize = 2048;

fn length(key: &Key) -> usize {
    let labels = key.labels();
    labels
        .map(|label| label.key().len() + label.value().len())
        .sum()
}
