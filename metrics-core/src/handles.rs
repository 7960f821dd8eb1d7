//! Handles: a bounded table from a name to what was resolved for it. The hot path looks here and nowhere else.

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use crate::name::{Name, OTHER};

/// A bounded table from a name to what was resolved for it.
///
/// It only grows, up to its cap, so a reader needs no lock: a slot is empty or final. A name that comes when the table
/// is full shares one last entry, [`OTHER`].
pub struct Handles<V> {
    slots: Box<[OnceLock<Entry<V>>]>,
    /// Where a name was found last time, by the address of its letters. A router hands out the same `&str` again and
    /// again; comparing it costs 3 ns, hashing it 20. A wrong hint costs a comparison.
    hints: Box<[AtomicU32]>,
    hasher: RandomState,
    cap: usize,
    len: AtomicUsize,
    /// Where names must have found room first.
    room: Option<Arc<Handles<()>>>,
}

/// One name and what was resolved for it.
#[derive(Debug)]
pub struct Entry<V> {
    name: Name,
    text: &'static str,
    value: V,
}

impl<V> Entry<V> {
    fn new(name: Name, resolve: &impl Fn(&str) -> V) -> Self {
        let text = name.as_str();
        Self {
            value: resolve(text),
            name,
            text,
        }
    }

    /// The name.
    #[must_use]
    pub const fn name(&self) -> Name {
        self.name
    }

    /// The name, as it reads.
    #[must_use]
    pub const fn text(&self) -> &'static str {
        self.text
    }

    /// What was resolved for it.
    #[must_use]
    pub const fn value(&self) -> &V {
        &self.value
    }
}

/// Where an entry is. It stays valid as long as its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(u32);

impl<V> Handles<V> {
    /// A table for this many names.
    #[must_use]
    pub fn new(cap: usize) -> Self {
        // At most half full, so that a search ends soon; the last slot is for all others.
        let slots = (cap.max(1) * 2).next_power_of_two() + 1;
        Self {
            slots: (0..slots).map(|_| OnceLock::new()).collect(),
            hints: (0..HINTS).map(|_| AtomicU32::new(u32::MAX)).collect(),
            hasher: RandomState::new(),
            cap,
            len: AtomicUsize::new(0),
            room: None,
        }
    }

    /// A table for names that have room in that one: however many tables share it, they hold no more names together. It is
    /// only looked at for a name that is new here.
    #[must_use]
    pub fn sharing(room: &Arc<Handles<()>>) -> Self {
        Self {
            room: Some(room.clone()),
            ..Self::new(room.cap)
        }
    }

    /// The place of this name, made by `resolve` if it is new. `overflowed` is called where there is no room for it.
    #[inline]
    pub fn place(
        &self,
        name: &str,
        resolve: impl Fn(&str) -> V,
        overflowed: impl FnOnce(),
    ) -> Place {
        let hint = self.hints.get(address(name));
        let hinted = hint.map_or(u32::MAX, |hint| hint.load(Ordering::Relaxed));
        if self
            .slots
            .get(hinted as usize)
            .and_then(OnceLock::get)
            .is_some_and(|entry| *entry.text == *name)
        {
            return Place(hinted);
        }
        let place = self.search(name, resolve, overflowed);
        if let Some(hint) = hint {
            hint.store(place.0, Ordering::Relaxed);
        }
        place
    }

    /// The entry at a place of this table; `None` for one of another table.
    #[inline]
    #[must_use]
    pub fn at(&self, place: Place) -> Option<&Entry<V>> {
        self.slots.get(place.0 as usize).and_then(OnceLock::get)
    }

    /// Whether this name has a place of its own, or gets one.
    fn has_room(&self, name: &str) -> bool
    where
        V: Default,
    {
        let place = self.place(name, |_| V::default(), || ());
        place.0 as usize + 1 < self.slots.len()
    }

    #[cold]
    fn search(&self, text: &str, resolve: impl Fn(&str) -> V, overflowed: impl FnOnce()) -> Place {
        let last = self.slots.len() - 1;
        let name = Name::new(text);
        // Where there was no room for the name, there is none for its entry.
        let has_room =
            name.as_str() == text && self.room.as_ref().is_none_or(|room| room.has_room(text));
        let tries = if has_room { last } else { 0 };
        let mut at = self.hasher.hash_one(text) as usize & (last - 1);
        for _ in 0..tries {
            let Some(slot) = self.slots.get(at) else {
                break;
            };
            if slot.get().is_none() && self.len.load(Ordering::Relaxed) >= self.cap {
                break;
            }
            let entry = slot.get_or_init(|| {
                self.len.fetch_add(1, Ordering::Relaxed);
                Entry::new(name, &resolve)
            });
            if entry.name == name {
                return Place(at as u32);
            }
            at = (at + 1) & (last - 1);
        }
        overflowed();
        if let Some(slot) = self.slots.get(last) {
            slot.get_or_init(|| Entry::new(Name::new(OTHER), &resolve));
        }
        Place(last as u32)
    }
}

/// How many addresses are remembered: more than a server has routes that are busy at the same time.
const HINTS: usize = 256;

fn address(name: &str) -> usize {
    // Allocations lie 16 bytes apart at least.
    ((name.as_ptr() as usize >> 4) ^ name.len()) % HINTS
}

impl<V> fmt::Debug for Handles<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handles")
            .field("cap", &self.cap)
            .field("len", &self.len)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;
    use std::thread;

    use super::*;

    #[test]
    fn a_name_is_resolved_once() {
        let handles = Handles::new(4);
        let resolved = AtomicUsize::new(0);
        let resolve = |_: &str| resolved.fetch_add(1, Ordering::Relaxed);
        let first = handles.place("/users/{id}", resolve, || panic!("there is room"));
        let again = handles.place(&String::from("/users/{id}"), resolve, || {
            panic!("there is room")
        });
        assert_eq!(first, again);
        assert_eq!(resolved.load(Ordering::Relaxed), 1);
        assert_eq!(
            handles.at(first).map(|entry| entry.text()),
            Some("/users/{id}")
        );
    }

    #[test]
    fn what_comes_past_the_cap_shares_one_entry() {
        let handles = Handles::new(8);
        let overflowed = AtomicUsize::new(0);
        let count = || {
            overflowed.fetch_add(1, Ordering::Relaxed);
        };
        let places: Vec<_> = (0..10_000)
            .map(|n| handles.place(&format!("/{n}"), |_| (), count))
            .collect();
        assert_eq!(overflowed.load(Ordering::Relaxed), 10_000 - 8);
        assert!(places[8..].iter().all(|place| *place == places[8]));
        assert_eq!(handles.at(places[8]).map(|entry| entry.text()), Some(OTHER));
        assert_eq!(handles.at(places[7]).map(|entry| entry.text()), Some("/7"));
    }

    #[test]
    fn tables_that_share_a_cap_hold_no_more_names_together() {
        let room = Arc::new(Handles::new(3));
        let tables = [Handles::sharing(&room), Handles::sharing(&room)];
        let has = |table: usize, name: &str| {
            let table: &Handles<()> = &tables[table];
            let place = table.place(name, |_| (), || ());
            table.at(place).map(Entry::text) == Some(name)
        };
        assert!(has(0, "/a") && has(0, "/b"));
        assert!(has(1, "/c"));
        assert!(!has(1, "/d") && !has(0, "/d"), "there are three already");
        assert!(
            has(1, "/a") && has(1, "/b") && has(0, "/c"),
            "the same three"
        );
    }

    #[test]
    fn threads_agree() {
        let handles = Handles::new(64);
        let disagreed = AtomicBool::new(false);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for n in 0..64 {
                        let name = format!("/{n}");
                        let place = handles.place(&name, |name: &str| name.to_owned(), || ());
                        let agreed = handles
                            .at(place)
                            .is_some_and(|entry| *entry.value() == name);
                        disagreed.fetch_or(!agreed, Ordering::Relaxed);
                    }
                });
            }
        });
        assert!(!disagreed.into_inner());
    }

    #[test]
    fn a_wrong_hint_is_noticed() {
        let handles = Handles::new(4);
        let mut letters = String::from("/a");
        let first = handles.place(&letters, |_| (), || ());
        letters.replace_range(.., "/b");
        let second = handles.place(&letters, |_| (), || ());
        assert_ne!(first, second, "the same address holds another name now");
    }
}
