//! Lines: one family's series, which grow while they are printed.

use std::mem;
use std::num::NonZeroU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::LabelBlock;
use super::sorted::{Fresh, Series, Sorted};
use super::value::Cell;

/// One family's series. A scrape may take its time over sorting and printing them: whoever looks for one, or makes one,
/// does not wait for it.
#[derive(Debug)]
pub(super) struct Lines {
    /// What each line has before its labels.
    before: Box<str>,
    places: Mutex<Places>,
    /// Held by whoever sorts in what is fresh.
    sorting: Mutex<()>,
}

/// Where the value of each label set is: in one of three.
#[derive(Debug, Default)]
pub(super) struct Places {
    sorted: Arc<Sorted>,
    /// What a scrape is sorting in at this moment.
    joining: Arc<Fresh>,
    /// What the next scrape has to sort in.
    fresh: Fresh,
    /// Made beforehand, for series to come.
    spare: Vec<Cell>,
}

/// So many values are made at once at most.
const BATCH: usize = 64;

impl Lines {
    pub(super) fn new(before: &str) -> Self {
        Self {
            before: before.into(),
            places: Mutex::default(),
            sorting: Mutex::default(),
        }
    }

    pub(super) fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All of them, in the order of printing.
    pub(super) fn sorted(&self) -> Arc<Sorted> {
        let _alone = self.sorting.lock().unwrap_or_else(PoisonError::into_inner);
        let mut places = self.places();
        if places.fresh.is_empty() {
            return places.sorted.clone();
        }
        let joining = Arc::new(mem::take(&mut places.fresh));
        places.joining = joining.clone();
        let before = places.sorted.clone();
        drop(places);
        let sorted = Arc::new(before.joined_by(&joining, &self.before));
        let mut places = self.places();
        places.sorted = sorted.clone();
        places.joining = Arc::default();
        // What is replaced is let go of behind the lock.
        drop(places);
        sorted
    }
}

impl Places {
    pub(super) fn len(&self) -> usize {
        self.sorted.len() + self.joining.len() + self.fresh.len()
    }

    pub(super) fn get(&self, block: &LabelBlock) -> Option<&Cell> {
        let unsorted = || self.fresh.get(block).or_else(|| self.joining.get(block));
        self.sorted
            .find(block)
            .or_else(|| unsorted().map(|series| &series.cell))
    }

    /// The value of a series that is in none of them. Those of one family are made several at a time, and so lie side by
    /// side: among all else that is kept of a series, each would have a page of memory to itself, or nearly.
    pub(super) fn insert(
        &mut self,
        block: LabelBlock,
        created: Option<NonZeroU64>,
        make: impl Fn() -> Cell,
    ) -> Cell {
        if self.spare.is_empty() {
            let more = self.len().clamp(1, BATCH);
            self.spare.extend((0..more).map(|_| make()));
        }
        let cell = self.spare.pop().unwrap_or_else(make);
        let series = Series {
            cell: cell.clone(),
            created,
        };
        self.fresh.insert(block, series);
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::Kind;

    fn block(value: &str) -> LabelBlock {
        LabelBlock::encode([("a", value)].into_iter())
    }

    fn insert(lines: &Lines, value: &str) {
        let make = || Cell::new(Kind::Counter, &Arc::default());
        lines.places().insert(block(value), None, make);
    }

    fn blocks(sorted: &Sorted) -> Vec<&str> {
        let mut blocks = Vec::new();
        sorted.each(|block, _, _| blocks.push(block));
        blocks
    }

    #[test]
    fn a_new_series_does_not_wait_for_a_scrape() {
        let lines = Lines::new("");
        insert(&lines, "y");
        let printing = lines.sorted();
        insert(&lines, "x");
        assert_eq!((printing.len(), lines.places().len()), (1, 2));
        assert_eq!(blocks(&printing), ["{a=\"y\"} "]);
        assert_eq!(blocks(&lines.sorted()), ["{a=\"x\"} ", "{a=\"y\"} "]);
    }

    #[test]
    fn a_series_is_found_before_while_and_after_it_is_sorted_in() {
        let lines = Lines::new("");
        let found = |lines: &Lines| {
            ["x", "y", "z"].map(|value| lines.places().get(&block(value)).is_some())
        };
        insert(&lines, "y");
        lines.sorted();
        insert(&lines, "x");
        assert_eq!(found(&lines), [true, true, false]);
        // As far as a scrape gets before it has sorted.
        let mut places = lines.places();
        places.joining = Arc::new(mem::take(&mut places.fresh));
        drop(places);
        insert(&lines, "z");
        assert_eq!((found(&lines), lines.places().len()), ([true; 3], 3));
    }
}
