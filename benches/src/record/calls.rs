//! The calls: one recording each, through the `metrics` facade, into the process's recorder.

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};

use metrics::{counter, histogram};

/// Three labels of a request, known when the program is compiled.
pub const STATIC: [(&str, &str); 3] = [
    ("method", "GET"),
    ("route", "/users/{id}/statuses"),
    ("status", "200"),
];

/// The bare row: what no counter can cost less than.
pub fn added() -> impl FnMut() {
    static SUM: AtomicU64 = AtomicU64::new(0);
    || {
        SUM.fetch_add(1, Ordering::Relaxed);
    }
}

/// Values that fall into several buckets, by turns.
pub fn samples() -> impl FnMut() -> f64 {
    let mut n = 0_u32;
    move || {
        n = n.wrapping_add(1);
        black_box(f64::from(n % 16) * 0.01)
    }
}

/// One value into a histogram, by a handle that is kept.
pub fn histogram() -> impl FnMut() {
    let handle = histogram!("bench_histogram_seconds", "route" => "/users/{id}");
    let mut sample = samples();
    move || handle.record(sample())
}

/// One more, the labels looked up.
pub fn static_labels() {
    counter!(
        "bench_static_total",
        "method" => "GET",
        "route" => "/users/{id}/statuses",
        "status" => "200"
    )
    .increment(1);
}

/// The same labels, when the program has read them from somewhere.
#[must_use]
pub fn strings() -> [String; 3] {
    STATIC.map(|(_, value)| black_box(value).to_owned())
}

/// One more, the labels made and looked up.
pub fn string_labels() -> impl FnMut() {
    let [method, route, status] = strings();
    move || {
        counter!(
            "bench_strings_total",
            "method" => method.clone(),
            "route" => route.clone(),
            "status" => status.clone()
        )
        .increment(1);
    }
}
