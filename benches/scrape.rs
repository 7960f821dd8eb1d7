//! What does a scrape cost, and what does it cost those who record meanwhile?

use std::process::ExitCode;

use fedimetrics_benches::record::BOUNDS;
use fedimetrics_benches::scrape::{Counters, Histograms, Minimum, copied, scraped, under_load};
use fedimetrics_benches::{Bench, Scenario};
use fedimetrics_core::{Caps, Exporter};

fn main() -> ExitCode {
    Bench::default()
        .scenario(counters("counters-10k", 10_000))
        .scenario(histograms("histograms-1k", 1_000))
        .scenario(counters("counters-100k", 100_000))
        .reading("scrape-under-load/ours", |scale| {
            let exporter = exporter();
            let recorder = exporter.recorder();
            let count = 10_000;
            Counters(count).fill(&recorder);
            under_load(
                scale,
                &recorder,
                || exporter.render(),
                |text| {
                    let lines = text
                        .lines()
                        .filter(|line| line.starts_with(Counters::NAME))
                        .count();
                    text.ends_with('\n') && lines == count as usize
                },
            )
        })
        .main()
}

fn counters(name: &'static str, count: u32) -> Scenario {
    let exporter = exporter();
    Counters(count).fill(&exporter.recorder());
    let mut minimum = Minimum::counters(count);
    Scenario::new(name, copied(exporter.render()))
        .with("minimum", move || minimum.scrape())
        .with("ours", scraped(move || exporter.render()))
}

fn histograms(name: &'static str, count: u32) -> Scenario {
    let exporter = exporter();
    Histograms(count).fill(&exporter.recorder());
    let mut minimum = Minimum::histograms(count);
    Scenario::new(name, copied(exporter.render()))
        .with("minimum", move || minimum.scrape())
        .with("ours", scraped(move || exporter.render()))
}

/// As large as the bench asks for.
fn exporter() -> Exporter {
    let caps = Caps {
        foreign_series: 1_000_000,
        lines: 10_000_000,
        ..Caps::default()
    };
    Exporter::builder()
        .with_caps(caps)
        .with_buckets(Histograms::NAME, &BOUNDS)
        .build()
        .unwrap_or_else(|error| unreachable!("{error}"))
}
