//! Admission: which foreign families are shown beside ours.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::family::Family;
use super::text::Texts;
use crate::catalogue::{FOREIGN_LEFT_OUT, LEFT_OUT};
use crate::collect::Samples;
use crate::recorder::Store;
use crate::recorder::name;

/// The most families whose names are remembered, so that each is logged once.
const REMEMBERED: usize = 100;

/// What was left out of foreign texts so far.
#[derive(Debug, Default)]
pub(crate) struct Admission {
    /// In the order of [`LEFT_OUT`].
    left_out: [AtomicU64; LEFT_OUT.len()],
    told: Mutex<HashSet<String>>,
}

impl Admission {
    /// Takes the texts that collectors gave apart, and leaves what can be shown in their place. Our own names come first,
    /// those of collectors included, then foreign families in the order of their names.
    pub(crate) fn admit(&self, store: &Store, samples: &mut Samples) {
        let texts = samples.take_texts();
        if texts.is_empty() {
            return;
        }
        let mut read = Texts::default();
        texts.iter().for_each(|text| read.read(text));
        read.settle();
        if read.malformed > 0 {
            self.tell(
                "",
                "lines that cannot be read, or series that contradict themselves",
            );
        }
        if read.duplicate > 0 {
            self.tell("", "series that are there twice");
        }
        let mut taken: HashSet<_> = samples
            .families()
            .flat_map(|sampled| name::occupied(sampled.metric.name(), sampled.metric.kind()))
            .chain(name::occupied(
                FOREIGN_LEFT_OUT.name(),
                FOREIGN_LEFT_OUT.kind(),
            ))
            .collect();
        let (mut clashing, mut beyond, mut room) = (0, 0, store.lines_at_most());
        let mut shown = BTreeMap::new();
        for (name, family) in read.families {
            let needed = family.occupied(&name);
            let lines = family.lines();
            if name::says_nothing(&name)
                || needed.iter().any(|name| taken.contains(name))
                || store.holds_any(&needed)
            {
                clashing += lines;
                self.tell(&name, "a family whose name is taken by another metric");
            } else if lines > room {
                beyond += lines;
                self.tell(&name, "a family for which there are too many lines already");
            } else {
                room -= lines;
                taken.extend(needed);
                shown.insert(name, family);
            }
        }
        self.count([clashing, read.malformed, read.duplicate, beyond], samples);
        samples.show_foreign(shown);
    }

    fn count(&self, lines: [usize; LEFT_OUT.len()], samples: &mut Samples) {
        for ((why, total), lines) in LEFT_OUT.iter().zip(&self.left_out).zip(lines) {
            let lines = lines as u64;
            let total = total.fetch_add(lines, Ordering::Relaxed) + lines;
            samples.add(&FOREIGN_LEFT_OUT, &[why], total as f64);
        }
    }

    /// Says once what is left out.
    fn tell(&self, family: &str, what: &str) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() < REMEMBERED && told.insert(format!("{family} {what}")) {
            tracing::warn!(
                family,
                "text that a collector appended is left out of scrapes: {what}"
            );
        }
    }
}

pub(crate) type Shown = BTreeMap<String, Family>;
