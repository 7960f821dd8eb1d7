//! Lines: one family's series, in the order in which they are printed.

use std::collections::HashMap;

use super::LabelBlock;
use super::value::Cell;

/// One family's series. New ones are put behind the others; the next scrape sorts them in.
#[derive(Debug, Default)]
pub(super) struct Lines {
    lines: Vec<Line>,
    places: HashMap<LabelBlock, Cell>,
    unsorted: bool,
}

/// One series: its labels, encoded once, and its value.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) block: LabelBlock,
    pub(super) cell: Cell,
}

impl Lines {
    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    pub(super) fn get(&self, block: &LabelBlock) -> Option<&Cell> {
        self.places.get(block)
    }

    pub(super) fn insert(&mut self, block: LabelBlock, cell: Cell) {
        self.places.insert(block.clone(), cell.clone());
        self.lines.push(Line { block, cell });
        self.unsorted = true;
    }

    /// All of them, in the order of printing.
    pub(super) fn sorted(&mut self) -> &[Line] {
        if self.unsorted {
            self.lines
                .sort_unstable_by(|one, other| one.block.cmp(&other.block));
            self.unsorted = false;
        }
        &self.lines
    }
}
