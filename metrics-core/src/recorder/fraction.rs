//! A counter that grows by fractions, which to the facade is a gauge.

use std::sync::atomic::Ordering;

use metrics::GaugeFn;

use super::striped::Striped;

/// A counter in the bits of an `f64`. What would make it fall is refused: it would read as a restart, and a negative
/// one makes a scrape invalid.
#[derive(Debug, Default)]
pub(super) struct FractionCell(Striped);

impl FractionCell {
    pub(super) fn value(&self) -> f64 {
        self.0.sum()
    }
}

impl GaugeFn for FractionCell {
    fn increment(&self, value: f64) {
        if value > 0.0 {
            self.0.add(value);
        }
    }

    fn decrement(&self, value: f64) {
        self.increment(-value);
    }

    fn set(&self, value: f64) {
        if !value.is_finite() {
            return;
        }
        let first = self.0.first();
        let _highest = first.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |bits| {
            let before = f64::from_bits(bits);
            let others = self.value() - before;
            let after = value - others;
            (after > before).then(|| after.to_bits())
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_never_falls() {
        let seconds = FractionCell::default();
        seconds.increment(0.5);
        seconds.set(1.5);
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -7.0, 1.0, 0.0] {
            seconds.set(value);
        }
        seconds.decrement(0.25);
        seconds.increment(-0.25);
        seconds.increment(f64::NAN);
        assert_eq!(seconds.value(), 1.5);
        seconds.increment(0.25);
        assert_eq!(seconds.value(), 1.75);
    }

    #[test]
    fn it_is_set_to_the_highest_whichever_cells_it_is_in() {
        let seconds = FractionCell::default();
        seconds.increment(1.0);
        seconds.0.divide();
        seconds.increment(0.5);
        seconds.set(1.25);
        assert_eq!(seconds.value(), 1.5);
        seconds.set(4.0);
        seconds.increment(0.25);
        assert_eq!(seconds.value(), 4.25);
    }
}
