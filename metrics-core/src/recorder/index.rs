//! Index: from a metric's name and labels, as the facade gives them, to its value.

use std::hash::{BuildHasher, Hasher};
use std::sync::{PoisonError, RwLock};

use hashbrown::{DefaultHashBuilder, HashTable};
use metrics::{Key, KeyName, Label};

use super::value::Cell;
use crate::metric::Kind;

/// Two threads that look up different series seldom meet at one lock.
const PARTS: usize = 16;

/// From a metric's name and labels to its value. A hit borrows the key and allocates nothing.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Seeded for this process: label values come from strangers, who must not choose where they collide.
    hasher: DefaultHashBuilder,
    parts: [RwLock<HashTable<Known>>; PARTS],
}

#[derive(Debug)]
struct Known {
    hash: u64,
    kind: Kind,
    name: KeyName,
    labels: Box<[Label]>,
    cell: Cell,
}

impl Known {
    fn is(&self, hash: u64, kind: Kind, key: &Key) -> bool {
        self.hash == hash
            && self.kind == kind
            && self.name.as_str() == key.name()
            && key.labels().eq(self.labels.iter())
    }
}

impl Index {
    /// The hash of the strings themselves, since the facade's own comes from a fixed seed. Not of labels' keys: code
    /// chooses those, and the same values under other keys are rare enough to be told apart by looking.
    pub(super) fn hash(&self, key: &Key) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        hasher.write(key.name().as_bytes());
        key.labels()
            .for_each(|label| hasher.write(label.value().as_bytes()));
        hasher.finish()
    }

    pub(super) fn find(&self, hash: u64, kind: Kind, key: &Key) -> Option<Cell> {
        let part = self
            .part(hash)?
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        part.find(hash, |known| known.is(hash, kind, key))
            .map(|known| known.cell.clone())
    }

    /// Remembers where this key leads.
    pub(super) fn remember(&self, hash: u64, kind: Kind, key: &Key, cell: &Cell) {
        let Some(part) = self.part(hash) else { return };
        let mut part = part.write().unwrap_or_else(PoisonError::into_inner);
        if part.find(hash, |known| known.is(hash, kind, key)).is_none() {
            let (name, labels) = key.clone().into_parts();
            let known = Known {
                hash,
                kind,
                name,
                labels: labels.into(),
                cell: cell.clone(),
            };
            part.insert_unique(hash, known, |known| known.hash);
        }
    }

    fn part(&self, hash: u64) -> Option<&RwLock<HashTable<Known>>> {
        // Not the bits that the table itself goes by.
        self.parts.get((hash >> 32) as usize % PARTS)
    }
}
