//! Shard: a part of the table of servers, under a lock of its own.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::entry::{DAY, Entry, Second};

/// How often a full table is searched for what has expired. A scrape does it as well.
const SWEEP: Second = 60;

/// A part of the table of servers.
#[derive(Debug)]
pub(super) struct Shard {
    entries: HashMap<u64, Entry, BuildHasherDefault<Hashed>>,
    swept: Second,
}

impl Default for Shard {
    fn default() -> Self {
        Self {
            entries: HashMap::default(),
            swept: -SWEEP,
        }
    }
}

impl Shard {
    pub(super) fn get(&mut self, hash: u64) -> Option<&mut Entry> {
        self.entries.get_mut(&hash)
    }

    pub(super) fn insert(&mut self, hash: u64, now: Second) -> &mut Entry {
        self.entries.entry(hash).or_insert(Entry::new(now))
    }

    /// Forgets who has had no delivery for a day, unless it just did so: how many.
    pub(super) fn make_room(&mut self, now: Second) -> usize {
        if now.saturating_sub(self.swept) < SWEEP {
            return 0;
        }
        self.swept = now;
        self.sweep(now, |_| ())
    }

    /// Forgets who has had no delivery for a day, and shows the others: how many are forgotten.
    pub(super) fn sweep(&mut self, now: Second, mut show: impl FnMut(&Entry)) -> usize {
        let before = self.entries.len();
        self.entries.retain(|_, entry| {
            let kept = now.saturating_sub(entry.last) < DAY;
            if kept {
                show(entry);
            }
            kept
        });
        before - self.entries.len()
    }
}

/// Keys are hashes already.
#[derive(Default)]
pub(super) struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
    /// Not used by a `u64`.
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
}
