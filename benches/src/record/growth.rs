//! What grows: samples that nobody scrapes, and label values that strangers choose.

use metrics::counter;

use crate::allocator::held;
use crate::cpu::on_cpu;
use crate::reading::Scale;
use crate::row::Row;

/// Bytes that ten million samples leave behind which nobody scrapes.
pub fn unscraped(scale: Scale, mut record: impl FnMut()) -> Row {
    record();
    let times = scale.of(10_000_000);
    measured(times, || (0..times).for_each(|_| record()))
}

/// 100,000 values of one label, each another one: what they cost each, and what they leave behind.
#[must_use]
pub fn hostile(scale: Scale) -> Row {
    let times = scale.of(100_000);
    measured(times, || {
        for n in 0..times {
            let host = format!("{n}.\"\\\n\u{202e}example");
            counter!("bench_hostile_total", "host" => host).increment(1);
        }
    })
}

fn measured(times: u64, work: impl FnOnce()) -> Row {
    let before = on_cpu();
    let bytes = held(work);
    Row {
        ns: Some((on_cpu() - before) as f64 / times as f64),
        bytes: Some(bytes as f64),
        ..Row::default()
    }
}
