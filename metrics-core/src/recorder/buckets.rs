//! Buckets: the bounds of a histogram, and which bucket a value belongs in.

/// More cells than this are no longer worth their room in a cache.
const CELLS: i64 = 256;

/// Eight powers of two to a cell: all that a float can be, in [`CELLS`].
const WIDEST: u32 = 55;

/// A two-hundred-and-fifty-sixth of a power of two.
const NARROWEST: u32 = 44;

/// The upper bounds of a histogram's buckets, and an index into them.
///
/// The leading bits of a positive float, read as a whole number, ascend with it. They name a cell, and of a cell it is known
/// how many bounds lie below it, and which one within. So one comparison is left: with a dozen bounds, a fifth of the
/// instructions that it takes to compare a value with all of them at once. The steps of a search are dearer, for each waits
/// for the one before.
#[derive(Debug, Default)]
pub(super) struct Buckets {
    bounds: Box<[f64]>,
    /// How many bits of a float do not belong to its cell's number.
    shift: u32,
    /// The number of the first cell, in which the lowest positive bound is. Whatever lies below belongs to it too.
    first: i64,
    /// Empty where bounds are closer than so few cells can tell apart, or two lie below zero: those are searched.
    cells: Box<[Cell]>,
}

#[derive(Debug)]
struct Cell {
    /// How many bounds lie below.
    below: usize,
    /// The one bound within; infinite where there is none.
    within: f64,
}

impl Buckets {
    /// Of bounds that are finite and ascend.
    pub(super) fn new(bounds: Box<[f64]>) -> Self {
        let found = (NARROWEST..=WIDEST)
            .rev()
            .find_map(|shift| Some((shift, cells(&bounds, shift)?)));
        let (shift, cells) = found.unwrap_or((WIDEST, Box::default()));
        Self {
            first: lowest(&bounds, shift),
            shift,
            cells,
            bounds,
        }
    }

    pub(super) const fn bounds(&self) -> &[f64] {
        &self.bounds
    }

    /// How many bounds lie below a value: its bucket.
    #[inline]
    pub(super) fn place(&self, value: f64) -> usize {
        let cell = (number(value, self.shift) - self.first).max(0);
        match self.cells.get(cell as usize) {
            Some(cell) => cell.below + usize::from(cell.within < value),
            None if self.cells.is_empty() => self.bounds.partition_point(|bound| *bound < value),
            None => self.bounds.len(),
        }
    }
}

/// Cells as wide as that. `None` where they would be too many, or one would hold two bounds.
fn cells(bounds: &[f64], shift: u32) -> Option<Box<[Cell]>> {
    let first = lowest(bounds, shift);
    let last = bounds.last().map_or(first, |bound| number(*bound, shift));
    if last - first >= CELLS {
        return None;
    }
    let mut cells = Vec::new();
    let mut below = 0;
    for at in first..=last.max(first) {
        let rest = bounds.get(below..)?;
        // What is not positive belongs to the first cell.
        let mut within = rest.iter().take_while(|bound| number(**bound, shift) <= at);
        cells.push(Cell {
            below,
            within: within.next().copied().unwrap_or(f64::INFINITY),
        });
        if within.next().is_some() {
            return None;
        }
        below += usize::from(cells.last()?.within.is_finite());
    }
    Some(cells.into())
}

/// The number of the cell that the lowest positive bound lies in.
fn lowest(bounds: &[f64], shift: u32) -> i64 {
    let positive = bounds.iter().find(|bound| **bound > 0.0);
    positive.map_or(0, |bound| number(*bound, shift))
}

/// The number of the cell that a value lies in. Negative for those below zero.
const fn number(value: f64, shift: u32) -> i64 {
    value.to_bits() as i64 >> shift
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(bounds: &[f64], value: f64) -> (usize, usize) {
        let buckets = Buckets::new(bounds.into());
        let expected = bounds.partition_point(|bound| *bound < value);
        (buckets.place(value), expected)
    }

    #[test]
    fn usual_bounds_have_a_cell_each() {
        let usual = [
            0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
        ];
        let close = [1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0];
        for bounds in [&usual[..], &close] {
            assert!(!Buckets::new(bounds.into()).cells.is_empty(), "{bounds:?}");
        }
        assert_eq!(Buckets::new([].into()).place(7.0), 0);
    }

    #[test]
    fn bounds_that_are_too_close_or_too_far_are_told_apart_all_the_same() {
        let next = |bound: f64| f64::from_bits(bound.to_bits() + 1);
        let close = [1.0, next(1.0), next(next(1.0)), 2.0];
        let far = [f64::MIN, -1.0, 0.0, f64::MIN_POSITIVE, 1.0, f64::MAX];
        for bounds in [&close[..], &far] {
            for bound in bounds {
                for value in [*bound, next(*bound), -*bound, 0.0, -0.0, f64::MAX, f64::MIN] {
                    let (place, expected) = found(bounds, value);
                    assert_eq!(place, expected, "{value} in {bounds:?}");
                }
            }
        }
    }

    fn finite() -> impl Strategy<Value = f64> {
        let any = any::<f64>().prop_filter("finite", |value| value.is_finite());
        prop_oneof![any, -10.0..1000.0_f64, (0..50_u32).prop_map(f64::from)]
    }

    proptest! {
        #[test]
        fn every_value_is_in_the_bucket_that_a_search_finds(
            mut bounds in prop::collection::vec(finite(), 0..40),
            values in prop::collection::vec(finite(), 1..40),
        ) {
            bounds.sort_by(f64::total_cmp);
            bounds.dedup();
            for value in values.iter().chain(&bounds) {
                let (place, expected) = found(&bounds, *value);
                prop_assert_eq!(place, expected, "{} in {:?}", value, bounds);
            }
        }
    }
}
