//! Series: one family's values by label set; looked up by hash, kept in the order in which they are printed.

use std::collections::BTreeMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use hashbrown::HashTable;
use metrics::{Key, Label};

use super::LabelBlock;
use super::counter::CounterCell;
use super::gauge::GaugeCell;
use super::histogram::HistogramCell;

/// One series' value. Handles share it, and it is never taken from under them.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    Counter(Arc<CounterCell>),
    Gauge(Arc<GaugeCell>),
    Histogram(Arc<HistogramCell>),
}

/// One family's values.
#[derive(Debug, Default)]
pub(super) struct Series {
    /// Seeded for this process: label values come from strangers, who must not choose where they collide.
    hasher: RandomState,
    /// By the labels as the facade gives them: no allocation on a hit, and no scrape in the way.
    index: RwLock<HashTable<Indexed>>,
    /// In the order of printing. A label set that comes in two orders is one line.
    lines: Mutex<BTreeMap<LabelBlock, Cell>>,
}

#[derive(Debug)]
struct Indexed {
    hash: u64,
    labels: Box<[Label]>,
    cell: Cell,
}

impl Series {
    /// The value under exactly these labels, if it was looked up before.
    pub(super) fn find(&self, key: &Key) -> Option<Cell> {
        let hash = self.hash(key);
        let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
        index
            .find(hash, |known| {
                known.hash == hash && key.labels().eq(known.labels.iter())
            })
            .map(|known| known.cell.clone())
    }

    /// Remembers where these labels lead.
    pub(super) fn remember(&self, key: &Key, cell: &Cell) {
        let hash = self.hash(key);
        let known = Indexed {
            hash,
            labels: key.labels().cloned().collect(),
            cell: cell.clone(),
        };
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        if index
            .find(hash, |other| {
                other.hash == hash && other.labels == known.labels
            })
            .is_none()
        {
            index.insert_unique(hash, known, |known| known.hash);
        }
    }

    /// The lines, in the order of printing. Recording and finding go on meanwhile.
    pub(super) fn lines(&self) -> MutexGuard<'_, BTreeMap<LabelBlock, Cell>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The hash of the strings themselves: the facade's own comes from a fixed seed.
    fn hash(&self, key: &Key) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        for label in key.labels() {
            label.key().hash(&mut hasher);
            label.value().hash(&mut hasher);
        }
        hasher.finish()
    }
}
