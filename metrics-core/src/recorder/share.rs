//! Share: a histogram's cells for one shard of threads.

use std::sync::atomic::{AtomicU64, Ordering};

/// One cache line, so that two threads' shares never lie on the same one.
#[derive(Debug, Default)]
#[repr(align(64))]
struct Line([AtomicU64; 8]);

/// One thread's share of a histogram: a sum, in the bits of an `f64`, and buckets.
#[derive(Debug)]
pub(super) struct Share(Box<[Line]>);

impl Share {
    pub(super) fn new(buckets: usize) -> Self {
        Self(
            (0..(buckets + 1).div_ceil(8))
                .map(|_| Line::default())
                .collect(),
        )
    }

    fn cell(&self, place: usize) -> Option<&AtomicU64> {
        self.0.get(place / 8)?.0.get(place % 8)
    }

    /// Shows what each bucket holds, and behind the last one some that nothing is counted in.
    pub(super) fn each(&self, show: impl FnMut(u64)) {
        let cells = self.0.iter().flat_map(|line| &line.0).skip(1);
        cells
            .map(|bucket| bucket.load(Ordering::Relaxed))
            .for_each(show);
    }

    pub(super) fn sum(&self) -> f64 {
        self.cell(0)
            .map_or(0.0, |sum| f64::from_bits(sum.load(Ordering::Relaxed)))
    }

    /// Records one value. Says whether another thread was at it at the same time.
    pub(super) fn record(&self, place: usize, value: f64) -> bool {
        let Some(Line([sum, ..])) = self.0.first() else {
            return false;
        };
        // Read first: what is to be written is known by the time that the bucket has been counted.
        let before = sum.load(Ordering::Relaxed);
        if let Some(bucket) = self.cell(place + 1) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
        add_to(sum, before, value)
    }
}

/// Adds to a number that is kept in the bits of an `f64`.
pub(super) fn add(sum: &AtomicU64, value: f64) {
    add_to(sum, sum.load(Ordering::Relaxed), value);
}

/// The same, where these bits were read of it. Says whether another thread was at it at the same time.
fn add_to(sum: &AtomicU64, mut bits: u64, value: f64) -> bool {
    let mut contended = false;
    loop {
        let after = (f64::from_bits(bits) + value).to_bits();
        match sum.compare_exchange(bits, after, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => return contended,
            Err(now) => {
                bits = now;
                contended = true;
            }
        }
    }
}
