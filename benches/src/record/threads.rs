//! Two threads at one handle: what they wait for each other.

use std::sync::Barrier;
use std::thread;

use crate::cpu::on_cpu;
use crate::reading::Scale;
use crate::row::Row;

/// Nanoseconds of CPU that a record takes each of two threads which record into the same thing, the median of nine rounds.
///
/// # Panics
///
/// If a thread does.
pub fn two_threads(scale: Scale, record: impl Fn() + Sync) -> Row {
    let times = scale.of(2_000_000);
    let round = || {
        let barrier = &Barrier::new(2);
        let record = &record;
        thread::scope(|scope| {
            let threads = [(); 2].map(|()| {
                scope.spawn(move || {
                    barrier.wait();
                    let before = on_cpu();
                    (0..times).for_each(|_| record());
                    (on_cpu() - before) as f64 / times as f64
                })
            });
            let took = threads.map(|thread| thread.join().unwrap_or(f64::NAN));
            took.iter().sum::<f64>() / 2.0
        })
    };
    let mut rounds = [(); 9].map(|()| round());
    rounds.sort_by(f64::total_cmp);
    Row {
        ns: Some(rounds[4]),
        ..Row::default()
    }
}
