//! A gauge.

use std::sync::atomic::{AtomicU64, Ordering};

use metrics::GaugeFn;

/// A gauge in the bits of an `f64`. NaN means absent; infinities are refused.
#[derive(Debug, Default)]
pub(super) struct GaugeCell(AtomicU64);

impl GaugeCell {
    pub(super) fn bits(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// What these bits of a gauge say.
    pub(super) fn read(bits: u64) -> Option<f64> {
        Some(f64::from_bits(bits)).filter(|value| !value.is_nan())
    }

    fn add(&self, value: f64) {
        let mut bits = self.0.load(Ordering::Relaxed);
        loop {
            let mut after = f64::from_bits(bits) + value;
            if !after.is_finite() {
                // It was absent, or is to be given what no gauge holds. To add nothing to it makes it no number either.
                if !f64::from_bits(bits).is_nan() || !value.is_finite() || value == 0.0 {
                    return;
                }
                after = value;
            }
            match self.0.compare_exchange_weak(
                bits,
                after.to_bits(),
                Ordering::Relaxed,
                Ordering::Relaxed,
            ) {
                Ok(_) => return,
                Err(now) => bits = now,
            }
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
            self.0.store(value.to_bits(), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
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
}
