//! What does a scrape of a whole server weigh, and what do Prometheus and VictoriaMetrics keep of it?

#![allow(
    clippy::print_stderr,
    clippy::panic,
    reason = "a bench says what it found, and ends where it is not so"
)]

#[path = "kept/engines.rs"]
mod engines;
#[path = "kept/instance.rs"]
mod instance;
#[path = "kept/life.rs"]
mod life;
#[path = "kept/table.rs"]
mod table;

use std::io::Write;
use std::process::ExitCode;

use fedimetrics_benches::{Bench, Row, Scale};
use flate2::Compression;
use flate2::write::GzEncoder;
use instance::{INSTANCES, Instance};
use table::Column;

fn main() -> ExitCode {
    // Gauges of a runtime want one.
    let Ok(runtime) = tokio::runtime::Runtime::new() else {
        return ExitCode::FAILURE;
    };
    let _within = runtime.enter();
    Bench::default()
        .reading("small/scrape", |_| scrape(&INSTANCES[0]))
        .reading("medium/scrape", |_| scrape(&INSTANCES[1]))
        .reading("huge/scrape", |_| scrape(&INSTANCES[2]))
        .reading("small/prometheus", |scale| {
            sample(Engine::Prometheus, &INSTANCES[0], scale)
        })
        .reading("medium/prometheus", |scale| {
            sample(Engine::Prometheus, &INSTANCES[1], scale)
        })
        .reading("huge/prometheus", |scale| {
            sample(Engine::Prometheus, &INSTANCES[2], scale)
        })
        .reading("small/victoria-metrics", |scale| {
            sample(Engine::VictoriaMetrics, &INSTANCES[0], scale)
        })
        .reading("medium/victoria-metrics", |scale| {
            sample(Engine::VictoriaMetrics, &INSTANCES[1], scale)
        })
        .reading("huge/victoria-metrics", |scale| {
            sample(Engine::VictoriaMetrics, &INSTANCES[2], scale)
        })
        .main()
}

/// Bytes of a scrape. It is what the guide's table says, or the bench ends here.
fn scrape(instance: &Instance) -> Row {
    let exporter = instance.exporter();
    life::Life::of(&exporter, instance.a_minute).minute(0.0);
    let text = exporter.render();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(1));
    let zipped = encoder
        .write_all(text.as_bytes())
        .and_then(|()| encoder.finish());
    let zipped = zipped.map_or(0, |zipped| zipped.len());
    let lines = instance::lines(&exporter);
    eprintln!(
        "{}: {lines} lines, {} bytes, {zipped} with gzip",
        instance.name,
        text.len()
    );
    instance.is_as_the_readme_says(lines);
    table::says(instance, Column::Lines, lines as f64);
    table::says(instance, Column::Plain, text.len() as f64);
    table::says(instance, Column::Zipped, zipped as f64);
    bytes(text.len() as f64)
}

/// Bytes a sample. A year of them is what the guide's table says, or the bench ends here.
fn sample(engine: Engine, instance: &Instance, scale: Scale) -> Row {
    let (keep, column): (fn(&Instance, u64) -> anyhow::Result<f64>, _) = match engine {
        Engine::Prometheus => (engines::prometheus, Column::YearInPrometheus),
        Engine::VictoriaMetrics => (engines::victoria_metrics, Column::YearInVictoriaMetrics),
    };
    let minutes = match scale {
        Scale::Whole => engines::LARGER,
        Scale::Trial => 2,
    };
    let kept = keep(instance, minutes).unwrap_or_else(|error| panic!("{engine:?}: {error:#}"));
    if scale == Scale::Whole {
        let lines = instance::lines(&instance.exporter()) as f64;
        let year = kept * lines * MINUTES_A_YEAR;
        eprintln!(
            "{}, {engine:?}: {kept:.2} bytes a sample, {:.1} GB a year",
            instance.name,
            year / 1e9
        );
        table::says(instance, column, year);
    }
    bytes(kept)
}

const MINUTES_A_YEAR: f64 = 365.25 * 24.0 * 60.0;

#[derive(Clone, Copy, Debug)]
enum Engine {
    Prometheus,
    VictoriaMetrics,
}

fn bytes(bytes: f64) -> Row {
    Row {
        bytes: Some(bytes),
        ..Row::default()
    }
}
