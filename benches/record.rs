//! What does a recording cost, by one thread and by two, and what does it leave behind?

use std::process::ExitCode;

use fedimetrics_benches::record::{
    BOUNDS, added, histogram, hostile, static_labels, string_labels, two_threads, unscraped,
};
use fedimetrics_benches::{Bench, Scenario};
use fedimetrics_core::Exporter;
use metrics::histogram;

fn main() -> ExitCode {
    let builder = Exporter::builder()
        .with_buckets("bench_histogram_seconds", &BOUNDS)
        .with_buckets("bench_shared_seconds", &BOUNDS)
        .with_buckets("bench_unscraped_seconds", &BOUNDS);
    let _exporter = builder
        .install()
        .unwrap_or_else(|error| unreachable!("{error}"));
    Bench::default()
        .scenario(Scenario::new("histogram-1t", added()).with("ours", histogram()))
        .scenario(Scenario::new("counter-static", added()).with("ours", static_labels))
        .scenario(Scenario::new("counter-string", added()).with("ours", string_labels()))
        .reading("histogram-2t/ours", |scale| {
            let handle = histogram!("bench_shared_seconds");
            two_threads(scale, || handle.record(0.07))
        })
        .reading("samples-10m/ours", |scale| {
            let handle = histogram!("bench_unscraped_seconds");
            unscraped(scale, || handle.record(0.07))
        })
        .reading("hostile-100k/ours", hostile)
        .main()
}
