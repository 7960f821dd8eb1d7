//! Index: from a metric's name and labels, as the facade gives them, to its value.

use std::hash::{BuildHasher, Hasher};
use std::sync::{PoisonError, RwLock};

use hashbrown::{DefaultHashBuilder, HashTable};
use metrics::Key;

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
    spelling: Spelling,
    cell: Cell,
}

impl Known {
    fn is(&self, hash: u64, kind: Kind, key: &Key) -> bool {
        self.hash == hash && self.cell.answers(kind) && self.spelling.is_of(key)
    }
}

/// A metric's name and its labels as a caller spells them, in one piece, which takes a third of what a [`Key`] does. Each
/// part ends in a byte that no string has, so that two spellings are equal exactly if all their parts are.
#[derive(Debug)]
struct Spelling(Box<[u8]>);

impl Spelling {
    const END: u8 = 0xFF;

    fn of(key: &Key) -> Self {
        let labels = key.labels().flat_map(|label| [label.key(), label.value()]);
        let parts = || std::iter::once(key.name()).chain(labels.clone());
        let mut spelling = Vec::with_capacity(parts().map(|part| part.len() + 1).sum());
        for part in parts() {
            spelling.extend_from_slice(part.as_bytes());
            spelling.push(Self::END);
        }
        Self(spelling.into())
    }

    fn is_of(&self, key: &Key) -> bool {
        let rest = key
            .labels()
            .try_fold(without(&self.0, key.name()), |rest, label| {
                let rest = without(rest?, label.key())?;
                Some(without(rest, label.value()))
            });
        rest.flatten().is_some_and(<[u8]>::is_empty)
    }
}

/// What is behind this part, if it is the next one.
fn without<'s>(spelling: &'s [u8], part: &str) -> Option<&'s [u8]> {
    let (ours, rest) = spelling.split_at_checked(part.len())?;
    let (end, rest) = rest.split_first()?;
    (*end == Spelling::END && ours == part.as_bytes()).then_some(rest)
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
            let known = Known {
                hash,
                spelling: Spelling::of(key),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_can_know_where_two_keys_collide() {
        let key = Key::from_name("demo_total");
        let hashes = [(); 3].map(|()| Index::default().hash(&key));
        assert!(hashes.iter().any(|hash| *hash != hashes[0]), "{hashes:?}");
    }

    #[test]
    fn a_spelling_is_of_no_other_key() {
        let keys = [
            ("a", &[][..]),
            ("ab", &[]),
            ("a", &[("b", "")]),
            ("a", &[("", "b")]),
            ("a", &[("b", "c")]),
            ("a", &[("bc", "")]),
            ("a", &[("b", "c"), ("d", "e")]),
            ("a", &[("d", "e"), ("b", "c")]),
            ("a", &[("b", "\u{ff}")]),
        ];
        let keys = keys.map(|(name, labels)| Key::from_parts(name, labels));
        for (place, key) in keys.iter().enumerate() {
            let spelling = Spelling::of(key);
            for (other, key) in keys.iter().enumerate() {
                assert_eq!(spelling.is_of(key), place == other, "{spelling:?} {key}");
            }
        }
    }
}
