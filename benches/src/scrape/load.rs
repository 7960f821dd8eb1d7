//! Load: two threads that record as fast as they can, while somebody scrapes fifty times a second, or nobody does.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use metrics::{Recorder, counter, histogram, with_local_recorder};

use crate::cpu::on_cpu;
use crate::reading::Scale;
use crate::row::Row;

/// Between the beginnings of two scrapes.
const INTERVAL: Duration = Duration::from_millis(20);

/// How much more CPU a recording takes while there are scrapes: the medians over rounds with and without. Every scrape
/// must be whole.
///
/// # Panics
///
/// If a scrape is not.
pub fn under_load(
    scale: Scale,
    recorder: &(dyn Recorder + Sync),
    scrape: impl Fn() -> String + Sync,
    whole: impl Fn(&str) -> bool + Sync,
) -> Row {
    let (rounds, lasting) = match scale {
        Scale::Whole => (9, Duration::from_millis(400)),
        Scale::Trial => (1, Duration::from_millis(50)),
    };
    let scraped = || {
        let text = scrape();
        assert!(whole(&text), "half a scrape: {} bytes", text.len());
    };
    let (mut without, mut with, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        let alone = round(recorder, lasting, &|| ());
        let beside = round(recorder, lasting, &scraped);
        without.push(alone);
        with.push(beside);
        ratios.push(beside / alone);
    }
    let (without, with) = (median(without), median(with));
    Row {
        ns: Some(with),
        added: Some(with - without),
        ratio: Some(median(ratios)),
        ..Row::default()
    }
}

/// CPU time of one recording, in nanoseconds.
fn round(recorder: &(dyn Recorder + Sync), lasting: Duration, scrape: &(dyn Fn() + Sync)) -> f64 {
    let (over, cpu, records) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let before = on_cpu();
                let count = with_local_recorder(recorder, || record(&over));
                cpu.fetch_add(on_cpu() - before, Ordering::Relaxed);
                records.fetch_add(count, Ordering::Relaxed);
            });
        }
        let begun = Instant::now();
        let mut next = begun;
        while begun.elapsed() < lasting {
            scrape();
            next += INTERVAL;
            thread::sleep(next.saturating_duration_since(Instant::now()));
        }
        over.store(true, Ordering::Relaxed);
    });
    cpu.into_inner() as f64 / records.into_inner().max(1) as f64
}

/// A request's worth of recording, by a handle and by looking it up, until it is over; how many there were.
fn record(over: &AtomicBool) -> u64 {
    let handle = histogram!("bench_load_seconds", "route" => "/users/{id}");
    let mut count = 0;
    while !over.load(Ordering::Relaxed) {
        handle.record((count % 16) as f64 * 0.01);
        counter!("bench_load_total", "route" => "/users/{id}", "status" => "200").increment(1);
        count += 1;
    }
    count
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
