//! A histogram of fixed buckets: nothing grows between scrapes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use metrics::HistogramFn;

/// A histogram of fixed buckets.
#[derive(Debug)]
pub(super) struct HistogramCell {
    bounds: Arc<[f64]>,
    /// One for each bound, and one for what lies above the last.
    buckets: Box<[AtomicU64]>,
    sum: AtomicU64,
}

impl HistogramCell {
    pub(super) fn new(bounds: Arc<[f64]>) -> Self {
        let buckets = (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Self {
            bounds,
            buckets,
            sum: AtomicU64::new(0),
        }
    }

    pub(super) fn bounds(&self) -> &[f64] {
        &self.bounds
    }

    /// What each bucket holds by itself, not cumulated. Their sum is the count, so the two can never disagree.
    pub(super) fn buckets(&self) -> impl Iterator<Item = u64> {
        self.buckets
            .iter()
            .map(|bucket| bucket.load(Ordering::Relaxed))
    }

    pub(super) fn sum(&self) -> f64 {
        f64::from_bits(self.sum.load(Ordering::Relaxed))
    }
}

impl HistogramFn for HistogramCell {
    fn record(&self, value: f64) {
        if !value.is_finite() {
            return;
        }
        let place = self.bounds.partition_point(|bound| *bound < value);
        if let Some(bucket) = self.buckets.get(place) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
        let mut bits = self.sum.load(Ordering::Relaxed);
        while let Err(now) = self.sum.compare_exchange_weak(
            bits,
            (f64::from_bits(bits) + value).to_bits(),
            Ordering::Relaxed,
            Ordering::Relaxed,
        ) {
            bits = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_on_a_bound_belongs_below_it() {
        let histogram = HistogramCell::new([0.1, 1.0].into());
        for value in [
            0.0,
            0.1,
            0.100_000_1,
            1.0,
            7.0,
            -3.0,
            f64::NAN,
            f64::INFINITY,
        ] {
            histogram.record(value);
        }
        assert_eq!(histogram.buckets().collect::<Vec<_>>(), [3, 2, 1]);
        assert!((histogram.sum() - 5.200_000_1).abs() < 1e-9);
    }
}
