//! Two threads against one: what requests wait for each other.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use crate::cpu::on_cpu;
use crate::reading::Scale;
use crate::row::Row;

/// How many pairs of rounds there are.
const ROUNDS: usize = 25;

/// How long one is: the kernel counts a thread's time by its ticks, some milliseconds each.
const ROUND: Duration = Duration::from_millis(60);

/// How many times as many requests two threads do as one, as `ratio`, and what one takes there, as `ns`: CPU time, and the
/// medians of rounds of one thread and of two by turns. `make` makes each thread's operation, of one request.
///
/// # Panics
///
/// If a thread does.
pub fn two_threads<F>(scale: Scale, make: impl Fn() -> F) -> Row
where
    F: FnMut() + Send,
{
    let mut operations = [make(), make()];
    let times = match scale {
        Scale::Trial => 10,
        Scale::Whole => times(&mut operations[0]),
    };
    round(&mut operations, times);
    let (mut ns, mut ratios) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let one = round(&mut operations[..1], times);
        let two = round(&mut operations, times);
        ns.push(two);
        ratios.push(2.0 * one / two);
    }
    let median = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values.get(ROUNDS / 2).copied()
    };
    Row {
        ns: median(ns),
        ratio: median(ratios),
        ..Row::default()
    }
}

/// How many take a round's time. Warms up, too.
fn times(run: &mut impl FnMut()) -> u64 {
    let begun = Instant::now();
    let mut times = 0;
    while begun.elapsed() < ROUND {
        (0..100).for_each(|_| run());
        times += 100;
    }
    times
}

/// Nanoseconds of CPU that an operation takes where as many threads as there are operations run them.
fn round<F: FnMut() + Send>(operations: &mut [F], times: u64) -> f64 {
    let barrier = &Barrier::new(operations.len());
    thread::scope(|scope| {
        let threads: Vec<_> = operations
            .iter_mut()
            .map(|run| {
                scope.spawn(move || {
                    barrier.wait();
                    let before = on_cpu();
                    (0..times).for_each(|_| run());
                    (on_cpu() - before) as f64 / times as f64
                })
            })
            .collect();
        let many = threads.len() as f64;
        let took = threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or(f64::NAN));
        took.sum::<f64>() / many
    })
}
