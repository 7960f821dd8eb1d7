//! Time in short bursts: the bare row's and the subject's by turns, so that whatever else the machine does hits both.

use std::time::{Duration, Instant};

/// Short enough that few are interrupted, long enough that reading the clock does not show.
const BURST: Duration = Duration::from_micros(100);

/// What one operation takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paired {
    /// The subject's median, in nanoseconds.
    pub(crate) ns: f64,
    /// The median of the differences to the bare burst beside it, in nanoseconds.
    pub(crate) added: f64,
    /// The median of the ratios to the bare burst beside it.
    pub(crate) ratio: f64,
}

/// Bursts of `subject` in turn with bursts of `bare`.
pub(crate) fn paired(bare: &mut dyn FnMut(), subject: &mut dyn FnMut(), pairs: usize) -> Paired {
    let iterations = iterations(bare).min(iterations(subject));
    let (mut ns, mut added, mut ratio) = (Vec::new(), Vec::new(), Vec::new());
    for pair in 0..pairs {
        // Whoever comes second finds warm caches: take turns.
        let (without, with) = if pair % 2 == 0 {
            let without = burst(bare, iterations);
            (without, burst(subject, iterations))
        } else {
            let with = burst(subject, iterations);
            (burst(bare, iterations), with)
        };
        ns.push(with);
        added.push(with - without);
        ratio.push(with / without);
    }
    Paired {
        ns: median(ns),
        added: median(added),
        ratio: median(ratio),
    }
}

/// Bursts of one alone: the median, in nanoseconds.
pub(crate) fn alone(subject: &mut dyn FnMut(), times: usize) -> f64 {
    let iterations = iterations(subject);
    median((0..times).map(|_| burst(subject, iterations)).collect())
}

/// Nanoseconds an operation.
fn burst(run: &mut dyn FnMut(), iterations: u32) -> f64 {
    let begun = Instant::now();
    for _ in 0..iterations {
        run();
    }
    begun.elapsed().as_nanos() as f64 / f64::from(iterations)
}

/// How many operations make a burst. Warms up, too.
fn iterations(run: &mut dyn FnMut()) -> u32 {
    let mut iterations = 1;
    loop {
        let took = burst(run, iterations) * f64::from(iterations);
        if took >= BURST.as_nanos() as f64 || iterations > 1 << 24 {
            return iterations;
        }
        iterations *= 2;
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.get(middle) {
        None => f64::NAN,
        Some(upper) if values.len() % 2 == 1 => *upper,
        Some(upper) => (upper + values.get(middle - 1).unwrap_or(upper)) / 2.0,
    }
}

#[cfg(test)]
mod tests {
    use std::hint::black_box;

    use super::*;

    #[test]
    fn the_median_ignores_an_interruption() {
        assert_eq!(median(vec![3.0, 1.0, 1_000_000.0]), 3.0);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 900.0]), 3.0);
    }

    #[test]
    fn what_does_more_takes_longer_than_what_does_less() {
        let sum = |to: u64| move || assert!(black_box((0..to).map(black_box).sum::<u64>()) > 0);
        let paired = paired(&mut sum(50), &mut sum(500), 200);
        assert!(paired.added > 0.0 && paired.ratio > 1.0, "{paired:?}");
        assert!(paired.ns > paired.added, "{paired:?}");
    }
}
