//! A gauge.

use std::sync::atomic::Ordering;

use metrics::GaugeFn;

use super::striped::Striped;

/// A gauge in the bits of an `f64`. NaN, in the first cell, means absent; infinities are refused.
#[derive(Debug, Default)]
pub(super) struct GaugeCell(Striped);

impl GaugeCell {
    pub(super) fn bits(&self) -> u64 {
        self.0.sum().to_bits()
    }

    /// What these bits of a gauge say.
    pub(super) fn read(bits: u64) -> Option<f64> {
        Some(f64::from_bits(bits)).filter(|value| !value.is_nan())
    }

    #[inline]
    fn add(&self, value: f64) {
        if !self.0.add(value) {
            self.appear(value);
        }
    }

    /// Perhaps it was absent. To add nothing to it, or no number, makes it none either.
    #[cold]
    fn appear(&self, value: f64) {
        if value.is_finite() && value != 0.0 {
            let first = self.0.first();
            let _unless_another_was_first =
                first.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |bits| {
                    f64::from_bits(bits).is_nan().then(|| 0.0_f64.to_bits())
                });
            self.0.add(value);
        }
    }
}

impl GaugeFn for GaugeCell {
    fn increment(&self, value: f64) {
        self.add(value);
    }

    fn decrement(&self, value: f64) {
        self.add(-value);
    }

    fn set(&self, value: f64) {
        if !value.is_infinite() {
            self.0.first().store(value.to_bits(), Ordering::Relaxed);
            for cell in self.0.more() {
                cell.store(0.0_f64.to_bits(), Ordering::Relaxed);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn not_a_number_is_absent_until_it_is_set_again() {
        let gauge = GaugeCell::default();
        gauge.set(f64::NAN);
        assert_eq!(GaugeCell::read(gauge.bits()), None);
        gauge.increment(2.0);
        assert_eq!(GaugeCell::read(gauge.bits()), Some(2.0));
    }

    #[test]
    fn infinities_change_nothing() {
        let gauge = GaugeCell::default();
        gauge.set(f64::INFINITY);
        gauge.increment(f64::NEG_INFINITY);
        gauge.decrement(f64::NAN);
        assert_eq!(GaugeCell::read(gauge.bits()), Some(0.0));
    }

    #[test]
    fn threads_that_meet_lose_nothing() {
        let gauge = GaugeCell::default();
        gauge.set(0.5);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..100_000 {
                        gauge.increment(3.0);
                        gauge.decrement(2.0);
                    }
                });
            }
        });
        assert_eq!(GaugeCell::read(gauge.bits()), Some(400_000.5));
    }

    #[test]
    fn what_is_set_stands_whichever_cells_were_added_to() {
        let gauge = GaugeCell::default();
        gauge.0.divide();
        gauge.increment(7.0);
        assert_eq!(GaugeCell::read(gauge.bits()), Some(7.0));
        gauge.set(2.0);
        gauge.decrement(3.0);
        assert_eq!(GaugeCell::read(gauge.bits()), Some(-1.0));
        gauge.set(f64::NAN);
        assert_eq!(GaugeCell::read(gauge.bits()), None);
        gauge.increment(0.0);
        gauge.increment(f64::INFINITY);
        assert_eq!(GaugeCell::read(gauge.bits()), None);
        gauge.increment(4.0);
        assert_eq!(GaugeCell::read(gauge.bits()), Some(4.0));
    }
}
