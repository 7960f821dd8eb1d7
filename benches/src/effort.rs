//! Effort: how often an operation is run, by how long one takes. A scrape of 100,000 series is no counter's increment.

use std::time::{Duration, Instant};

/// How long allocations are counted, and how long callgrind's run would take without callgrind.
const COUNTED: Duration = Duration::from_millis(100);
const INSTRUCTED: Duration = Duration::from_millis(20);

/// How long the bursts of one row take together, at most.
const TIMED: Duration = Duration::from_secs(3);

/// How often an operation is run for each thing that is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    /// To count allocations, and before that to warm up.
    pub(crate) counted: u32,
    /// To count instructions.
    pub(crate) instructed: u32,
    /// In pairs of bursts.
    pub(crate) pairs: usize,
}

impl Effort {
    /// Of an operation, which is run twice.
    pub(crate) fn of(run: &mut dyn FnMut()) -> Self {
        // What is made at first use is not what it takes.
        run();
        let begun = Instant::now();
        run();
        Self::taking(begun.elapsed())
    }

    fn taking(one: Duration) -> Self {
        let one = one.as_nanos().max(1);
        let times = |within: Duration| u32::try_from(within.as_nanos() / one).unwrap_or(u32::MAX);
        Self {
            counted: times(COUNTED).clamp(2, 1_000),
            instructed: times(INSTRUCTED).clamp(2, 200),
            pairs: times(TIMED).clamp(10, 2_000) as usize,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_long_is_run_seldom() {
        let (short, long) = (
            Effort::taking(Duration::from_nanos(20)),
            Effort::taking(Duration::from_millis(300)),
        );
        assert_eq!(
            (short.counted, short.instructed, short.pairs),
            (1_000, 200, 2_000)
        );
        assert_eq!((long.counted, long.instructed, long.pairs), (2, 2, 10));
    }
}
