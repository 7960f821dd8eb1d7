//! Lines: one family's series, in the order in which they are printed.

use std::collections::HashMap;
use std::num::NonZeroU64;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::LabelBlock;
use super::value::Cell;

/// One family's series. A scrape may take its time over those that it has sorted: whoever looks for one, or makes one,
/// does not wait for it.
#[derive(Debug, Default)]
pub(super) struct Lines {
    places: Mutex<Places>,
    sorted: Mutex<Vec<Line>>,
}

/// Where the value of each label set is.
#[derive(Debug, Default)]
pub(super) struct Places {
    cells: HashMap<LabelBlock, Cell>,
    /// What the next scrape has to sort in.
    fresh: Vec<Line>,
}

/// One series: its labels, encoded once, its value, and when it was made.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) block: LabelBlock,
    pub(super) cell: Cell,
    /// In milliseconds since 1970, if anybody wants to know.
    pub(super) created: Option<NonZeroU64>,
}

impl Lines {
    pub(super) fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All of them, in the order of printing.
    pub(super) fn sorted(&self) -> MutexGuard<'_, Vec<Line>> {
        let mut sorted = self.sorted.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = std::mem::take(&mut self.places().fresh);
        if !fresh.is_empty() {
            sorted.extend(fresh);
            // Stable because it is quick where most is sorted already.
            sorted.sort_by(|one, other| one.block.cmp(&other.block));
        }
        sorted
    }
}

impl Places {
    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }

    pub(super) fn get(&self, block: &LabelBlock) -> Option<&Cell> {
        self.cells.get(block)
    }

    pub(super) fn insert(&mut self, line: Line) {
        self.cells.insert(line.block.clone(), line.cell.clone());
        self.fresh.push(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::Kind;

    fn line(value: &str) -> Line {
        Line {
            block: LabelBlock::encode([("a", value)].into_iter()),
            cell: Cell::new(Kind::Counter, &[].into()),
            created: None,
        }
    }

    #[test]
    fn a_new_series_does_not_wait_for_a_scrape() {
        let lines = Lines::default();
        lines.places().insert(line("y"));
        let printing = lines.sorted();
        lines.places().insert(line("x"));
        assert_eq!((printing.len(), lines.places().len()), (1, 2));
        drop(printing);
        let blocks = lines.sorted();
        let blocks: Vec<_> = blocks.iter().map(|line| line.block.as_str()).collect();
        assert_eq!(blocks, ["{a=\"x\"} ", "{a=\"y\"} "]);
    }
}
