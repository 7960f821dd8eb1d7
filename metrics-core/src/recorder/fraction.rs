//! A counter that grows by fractions, which to the facade is a gauge.

use std::sync::atomic::{AtomicU64, Ordering};

use metrics::GaugeFn;

use super::share;

/// A counter in the bits of an `f64`. What would make it fall is refused: it would read as a restart, and a negative
/// one makes a scrape invalid.
#[derive(Debug, Default)]
pub(super) struct FractionCell(AtomicU64);

impl FractionCell {
    pub(super) fn value(&self) -> f64 {
        f64::from_bits(self.0.load(Ordering::Relaxed))
    }
}

impl GaugeFn for FractionCell {
    fn increment(&self, value: f64) {
        if value.is_finite() && value > 0.0 {
            share::add(&self.0, value);
        }
    }

    fn decrement(&self, value: f64) {
        self.increment(-value);
    }

    fn set(&self, value: f64) {
        if value.is_finite() && value > 0.0 {
            // Numbers above 0 are in the order of their bits.
            self.0.fetch_max(value.to_bits(), Ordering::Relaxed);
        }
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
}
