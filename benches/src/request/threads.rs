//! Two threads against one: what requests wait for each other.

use std::hint::spin_loop;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::reading::Scale;
use crate::row::Row;

/// How many pairs of rounds there are, and how long one is: so short that in some of them nobody else has a processor.
const ROUNDS: usize = 400;
const ROUND: Duration = Duration::from_millis(2);

/// How many times as many requests two threads do as one in the same time, as `ratio`, and what one takes there, as `ns`.
/// `make` makes each thread's operation, of one request.
///
/// Rounds of one thread and of two are run by turns, and a round is as long as it takes until both are done. Of both the
/// fastest tenth counts: where only one of two threads had a processor, the other took twice as long.
pub fn two_threads<F>(scale: Scale, make: impl Fn() -> F) -> Row
where
    F: FnMut() + Send,
{
    let mut operations = [make(), make()];
    let (rounds, times) = match scale {
        Scale::Trial => (1, 10),
        Scale::Whole => (ROUNDS, times(&mut operations[0])),
    };
    round(&mut operations, times);
    let (mut one, mut two) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        one.push(round(&mut operations[..1], times));
        two.push(round(&mut operations, times));
    }
    let (one, two) = (fast(one), fast(two));
    Row {
        ns: Some(two),
        ratio: Some(2.0 * one / two),
        ..Row::default()
    }
}

/// What the fastest tenth of them does not exceed.
fn fast(mut rounds: Vec<f64>) -> f64 {
    rounds.sort_by(f64::total_cmp);
    rounds.get(rounds.len() / 10).copied().unwrap_or(f64::NAN)
}

/// How many take a round's time. Warms up, too.
fn times(run: &mut impl FnMut()) -> u64 {
    let begun = Instant::now();
    let mut times = 0_u64;
    while begun.elapsed() < 10 * ROUND {
        (0..100).for_each(|_| run());
        times += 100;
    }
    times.div_ceil(10)
}

/// Nanoseconds that an operation takes as many threads as there are operations, from when the first of them begins until
/// the last one is done.
fn round<F: FnMut() + Send>(operations: &mut [F], times: u64) -> f64 {
    let waiting = &AtomicUsize::new(operations.len());
    let took = thread::scope(|scope| {
        let threads: Vec<_> = operations
            .iter_mut()
            .map(|run| {
                scope.spawn(move || {
                    // A thread that sleeps wakes up too late.
                    waiting.fetch_sub(1, Ordering::Relaxed);
                    while waiting.load(Ordering::Relaxed) > 0 {
                        spin_loop();
                    }
                    let begun = Instant::now();
                    (0..times).for_each(|_| run());
                    (begun, Instant::now())
                })
            })
            .collect();
        let spans: Vec<_> = threads
            .into_iter()
            .filter_map(|thread| thread.join().ok())
            .collect();
        let begun = spans.iter().map(|(begun, _)| begun).min()?;
        let ended = spans.iter().map(|(_, ended)| ended).max()?;
        Some(ended.duration_since(*begun))
    });
    took.map_or(f64::NAN, |took| took.as_nanos() as f64 / times as f64)
}
