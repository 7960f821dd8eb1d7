//! What is filled in: series of a server with many routes, through the `metrics` facade into any recorder.

use metrics::{Recorder, counter, histogram, with_local_recorder};

use crate::record::BOUNDS;

/// The labels of the nth series.
#[must_use]
pub fn labels(n: u32) -> (String, &'static str) {
    let statuses = ["200", "202", "404", "500"];
    (
        format!("/users/{}", n / 4),
        statuses[n as usize % statuses.len()],
    )
}

/// So many counters.
#[derive(Clone, Copy, Debug)]
pub struct Counters(pub u32);

impl Counters {
    /// Its metric's name.
    pub const NAME: &'static str = "bench_requests_total";

    /// Records each once.
    pub fn fill(self, recorder: &dyn Recorder) {
        with_local_recorder(recorder, || {
            for n in 0..self.0 {
                let (route, status) = labels(n);
                counter!(Self::NAME, "route" => route, "status" => status)
                    .increment(u64::from(n) * 7);
            }
        });
    }
}

/// So many histograms.
#[derive(Clone, Copy, Debug)]
pub struct Histograms(pub u32);

impl Histograms {
    /// Its metric's name.
    pub const NAME: &'static str = "bench_duration_seconds";

    /// Records one value into every bucket of each.
    pub fn fill(self, recorder: &dyn Recorder) {
        with_local_recorder(recorder, || {
            for n in 0..self.0 {
                let (route, status) = labels(n);
                let handle = histogram!(Self::NAME, "route" => route, "status" => status);
                BOUNDS.iter().for_each(|bound| handle.record(*bound));
            }
        });
    }
}
