//! Sorted: one family's series in the order of printing, as a scrape walks through them.

use std::collections::BTreeMap;
use std::num::NonZeroU64;

use super::LabelBlock;
use super::value::{Cell, Value};

/// So many values are read before the first of them is printed. Each lies somewhere else, and waiting for one after the
/// other is most of what a large scrape takes; asked for together, they come together.
const AHEAD: usize = 16;

/// One family's series in the order of printing. Nothing in it changes but the values: who looks for one does not wait
/// for who prints them all.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    /// What each line has before its label block, of which all have the same.
    before: usize,
    /// Each line up to its number, one behind the other.
    heads: String,
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    /// Where its head ends, and the next one's begins.
    end: usize,
    series: Series,
}

/// One series: its value, and when it was made.
#[derive(Clone, Debug)]
pub(super) struct Series {
    pub(super) cell: Cell,
    /// In milliseconds since 1970, if anybody wants to know.
    pub(super) created: Option<NonZeroU64>,
}

/// Series that are not sorted in yet.
pub(super) type Fresh = BTreeMap<LabelBlock, Series>;

impl Sorted {
    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// Shows each series: its line up to its number, its value, and when it was made.
    pub(super) fn each<'s>(&'s self, mut show: impl FnMut(&'s str, Value<'s>, Option<NonZeroU64>)) {
        let (mut rest, mut from) = (&*self.heads, 0);
        for lines in self.lines.chunks(AHEAD) {
            let mut ahead = [0; AHEAD];
            for (bits, line) in ahead.iter_mut().zip(lines) {
                *bits = line.series.cell.bits();
            }
            for (bits, line) in ahead.iter().zip(lines) {
                let length = line.end.saturating_sub(from);
                let (head, behind) = rest.split_at_checked(length).unwrap_or_default();
                (rest, from) = (behind, line.end);
                show(head, line.series.cell.value(*bits), line.series.created);
            }
        }
    }

    pub(super) fn find(&self, block: &LabelBlock) -> Option<&Cell> {
        let (mut from, mut to) = (0, self.lines.len());
        while from < to {
            let middle = from.midpoint(to);
            match self.block(middle)?.cmp(block.as_str()) {
                std::cmp::Ordering::Less => from = middle + 1,
                std::cmp::Ordering::Equal => {
                    return self.lines.get(middle).map(|line| &line.series.cell);
                }
                std::cmp::Ordering::Greater => to = middle,
            }
        }
        None
    }

    /// These and the fresh ones, in one order. `before` is what each line has before its label block.
    pub(super) fn joined_by(&self, fresh: &Fresh, before: &str) -> Self {
        let blocks = fresh.keys().map(|block| block.as_str());
        let more: usize = blocks.map(|block| before.len() + block.len()).sum();
        let mut all = Self {
            before: before.len(),
            heads: String::with_capacity(self.heads.len() + more),
            lines: Vec::with_capacity(self.lines.len() + fresh.len()),
        };
        let mut fresh = fresh.iter().peekable();
        for (place, line) in self.lines.iter().enumerate() {
            let block = self.block(place).unwrap_or_default();
            while let Some((first, new)) = fresh.next_if(|(fresh, _)| fresh.as_str() < block) {
                all.push([before, first.as_str()], new);
            }
            all.push([before, block], &line.series);
        }
        fresh.for_each(|(block, new)| all.push([before, block.as_str()], new));
        all
    }

    fn push(&mut self, head: [&str; 2], series: &Series) {
        self.heads.extend(head);
        self.lines.push(Line {
            end: self.heads.len(),
            series: series.clone(),
        });
    }

    fn block(&self, place: usize) -> Option<&str> {
        let end_of = |place: usize| self.lines.get(place).map(|line| line.end);
        let from = place.checked_sub(1).and_then(end_of).unwrap_or_default();
        self.heads.get(from + self.before..end_of(place)?)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::metric::Kind;

    fn block(value: usize) -> LabelBlock {
        LabelBlock::encode([("a", &*format!("{value:03}"))].into_iter())
    }

    fn series(value: usize) -> Series {
        let cell = Cell::new(Kind::Counter, &Arc::default());
        if let Cell::Counter(counter) = &cell {
            metrics::CounterFn::increment(&**counter, value as u64);
        }
        Series {
            cell,
            created: NonZeroU64::new(value as u64),
        }
    }

    #[test]
    fn what_joins_is_shown_in_its_place_with_its_value_and_found_there() {
        // The first of each third, then the second, then the last ones of all.
        let joining = |first: usize| -> Fresh {
            (first..300)
                .step_by(3)
                .map(|value| (block(value), series(value)))
                .collect()
        };
        let mut sorted = Sorted::default();
        for first in [1, 0, 2] {
            sorted = sorted.joined_by(&joining(first), "posts");
        }
        let mut shown = Vec::new();
        sorted.each(|head, value, created| match value {
            Value::Whole(value) => shown.push((head, value, created.map_or(0, NonZeroU64::get))),
            other => panic!("{other:?}"),
        });
        assert_eq!((shown.len(), sorted.len()), (300, 300));
        for (place, (text, value, created)) in shown.into_iter().enumerate() {
            let expected = place as u64;
            let head = format!("posts{}", block(place).as_str());
            assert_eq!((text, value, created), (&*head, expected, expected));
            let Some(Cell::Counter(found)) = sorted.find(&block(place)) else {
                panic!("{place} is not found");
            };
            assert_eq!(found.value(), expected);
        }
        assert!(sorted.find(&block(300)).is_none());
        assert!(sorted.find(&LabelBlock::encode([].into_iter())).is_none());
        assert!(Sorted::default().find(&block(0)).is_none());
    }
}
