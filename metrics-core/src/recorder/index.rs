//! Index: from a metric's name and labels, as the facade gives them, to its value.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::{PoisonError, RwLock};

use hashbrown::HashTable;
use metrics::{Key, KeyName, Label};

use super::value::Cell;
use crate::metric::Kind;

/// Two threads that look up different series seldom meet at one lock.
const PARTS: usize = 16;

/// From a metric's name and labels to its value. A hit borrows the key and allocates nothing.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Seeded for this process: label values come from strangers, who must not choose where they collide.
    hasher: RandomState,
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
    pub(super) fn find(&self, kind: Kind, key: &Key) -> Option<Cell> {
        let hash = self.hash(key);
        let part = self
            .part(hash)?
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        part.find(hash, |known| known.is(hash, kind, key))
            .map(|known| known.cell.clone())
    }

    /// Remembers where this key leads.
    pub(super) fn remember(&self, kind: Kind, key: &Key, cell: &Cell) {
        let hash = self.hash(key);
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

    /// The hash of the strings themselves: the facade's own comes from a fixed seed.
    fn hash(&self, key: &Key) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        key.name().hash(&mut hasher);
        for label in key.labels() {
            label.key().hash(&mut hasher);
            label.value().hash(&mut hasher);
        }
        hasher.finish()
    }
}
