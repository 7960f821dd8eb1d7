//! A histogram of fixed buckets: nothing grows between scrapes.

use std::sync::{Arc, OnceLock};

use metrics::HistogramFn;

use super::buckets::Buckets;
use super::share::Share;
use crate::shard::Shard;

/// A histogram of fixed buckets.
///
/// Most are recorded to by one thread at a time, and have one share. Where two threads meet, each gets one of its own:
/// two that write to one cache line wait longer for each other than both take to count.
#[derive(Debug)]
pub(super) struct HistogramCell {
    buckets: Arc<Buckets>,
    first: Share,
    more: OnceLock<Box<[Share]>>,
}

impl HistogramCell {
    pub(super) fn new(buckets: Arc<Buckets>) -> Self {
        Self {
            first: Share::new(buckets.bounds().len() + 1),
            more: OnceLock::new(),
            buckets,
        }
    }

    /// Reads what each bucket holds by itself, not cumulated, the last one for what lies above all bounds. Their sum is
    /// the count, so the two can never disagree.
    pub(super) fn read(&self, buckets: &mut Vec<u64>) {
        buckets.clear();
        self.first.each(|bucket| buckets.push(bucket));
        for share in self.more.get().into_iter().flatten() {
            let mut buckets = buckets.iter_mut();
            share.each(|bucket| {
                if let Some(sum) = buckets.next() {
                    *sum += bucket;
                }
            });
        }
        buckets.truncate(self.buckets.bounds().len() + 1);
    }

    pub(super) fn sum(&self) -> f64 {
        let more = self.more.get().map_or(&[][..], |more| more);
        self.first.sum() + more.iter().map(Share::sum).sum::<f64>()
    }

    /// Not a part of `record`, which would then save registers for it: 9 of 73 instructions.
    #[inline(never)]
    fn record_apart(&self, more: &[Share], place: usize, value: f64) {
        let mine = more.get(Shard::mine().index()).unwrap_or(&self.first);
        mine.record(place, value);
    }

    #[cold]
    fn share(&self) {
        self.more.get_or_init(|| {
            (0..Shard::count())
                .map(|_| Share::new(self.buckets.bounds().len() + 1))
                .collect()
        });
    }
}

impl HistogramFn for HistogramCell {
    fn record(&self, value: f64) {
        if !value.is_finite() {
            return;
        }
        let place = self.buckets.place(value);
        match self.more.get() {
            Some(more) => self.record_apart(more, place, value),
            None => {
                if self.first.record(place, value) {
                    self.share();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    fn buckets(histogram: &HistogramCell) -> Vec<u64> {
        let mut buckets = vec![7];
        histogram.read(&mut buckets);
        buckets
    }

    #[test]
    fn a_value_on_a_bound_belongs_below_it() {
        let histogram = HistogramCell::new(Arc::new(Buckets::new([0.1, 1.0].into())));
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
        assert_eq!(buckets(&histogram), [3, 2, 1]);
        assert!((histogram.sum() - 5.200_000_1).abs() < 1e-9);
    }

    #[test]
    fn threads_that_meet_lose_nothing() {
        let histogram = HistogramCell::new(Arc::new(Buckets::new([0.5].into())));
        thread::scope(|scope| {
            for value in [0.25, 0.75, 0.25, 0.75] {
                let histogram = &histogram;
                scope.spawn(move || (0..50_000).for_each(|_| histogram.record(value)));
            }
        });
        histogram.share();
        histogram.record(0.25);
        assert_eq!(buckets(&histogram), [100_001, 100_000]);
        assert!((histogram.sum() - 100_000.25).abs() < 1e-6);
    }
}
