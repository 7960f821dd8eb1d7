//! Name: a route or a worker, as a number that fits into a register.

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::BuildHasher;
use std::num::NonZeroU16;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many names a process keeps apart.
const CAP: usize = 4096;

/// What stands for every name that came when the table was full.
pub const OTHER: &str = "_other";

/// The name of a route or a worker, as a number that fits into a register: copied for nothing, read for nothing.
///
/// Equal names are equal numbers, in the whole process and for as long as it lives. There is room for 4,096 of them; any
/// more are [`OTHER`]. They come from the host's code (templates, workers), never from a request.
///
/// # Examples
///
/// ```
/// use fedimetrics_core::Name;
///
/// let name = Name::new("/users/{id}");
/// assert_eq!(name, Name::new(&String::from("/users/{id}")));
/// assert_eq!(name.as_str(), "/users/{id}");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(NonZeroU16);

/// Half full at most, so that a search ends soon. Names are only ever added, so reading one takes no lock.
struct Table {
    slots: Box<[OnceLock<Box<str>>]>,
    hasher: RandomState,
    len: AtomicUsize,
}

static TABLE: OnceLock<Table> = OnceLock::new();

fn table() -> &'static Table {
    TABLE.get_or_init(|| Table {
        slots: (0..CAP * 2).map(|_| OnceLock::new()).collect(),
        hasher: RandomState::new(),
        len: AtomicUsize::new(0),
    })
}

impl Name {
    /// Stands for all that there was no room for.
    const FULL: Self = Self(NonZeroU16::MAX);

    /// The number of this name, made if it is new.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let table = table();
        let mut at = table.hasher.hash_one(name) as usize % table.slots.len();
        for _ in 0..table.slots.len() {
            let Some(slot) = table.slots.get(at) else {
                break;
            };
            if slot.get().is_none() && table.len.load(Ordering::Relaxed) >= CAP {
                break;
            }
            let known = slot.get_or_init(|| {
                table.len.fetch_add(1, Ordering::Relaxed);
                name.into()
            });
            if **known == *name {
                return Self::at(at);
            }
            at = (at + 1) % table.slots.len();
        }
        Self::FULL
    }

    fn at(slot: usize) -> Self {
        u16::try_from(slot + 1)
            .ok()
            .and_then(NonZeroU16::new)
            .map_or(Self::FULL, Self)
    }

    /// The number: never 0.
    #[inline]
    pub(crate) const fn number(self) -> u16 {
        self.0.get()
    }

    /// The name itself.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        let slot = usize::from(self.0.get()) - 1;
        table()
            .slots
            .get(slot)
            .and_then(OnceLock::get)
            .map_or(OTHER, |name| name)
    }
}

impl From<&str> for Name {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn what_there_is_no_room_for_is_other() {
        // The table is the process's: other tests have names of theirs in it.
        let first = Name::new("/first");
        let many: Vec<_> = (0..CAP + 10)
            .map(|n| (n, Name::new(&format!("/{n}"))))
            .collect();
        let kept = many
            .iter()
            .filter(|(n, name)| name.as_str() == format!("/{n}"))
            .count();
        assert!(kept < CAP && kept > CAP / 2, "{kept} kept");
        assert_eq!(many[CAP + 9].1.as_str(), OTHER);
        assert_eq!(Name::new("/first"), first);
        assert_eq!(Name::new("/0").as_str(), "/0");
    }

    #[test]
    fn threads_agree() {
        let names = || {
            (0..8)
                .map(|n| Name::new(&format!("agree {n}")))
                .collect::<Vec<_>>()
        };
        let theirs = thread::spawn(names).join().unwrap();
        assert_eq!(names(), theirs);
    }
}
