//! What does a scrape cost with other crates, and what does it cost those who record meanwhile?

use std::process::ExitCode;

use fedimetrics_benches::record::BOUNDS;
use fedimetrics_benches::scrape::{Counters, Histograms, copied, labels, scraped, under_load};
use fedimetrics_benches::{Bench, Scenario};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};
use prometheus::TextEncoder;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

const KEYS: [&str; 2] = ["route", "status"];

fn main() -> ExitCode {
    Bench::default()
        .scenario(counters("counters-10k", 10_000))
        .scenario(histograms("histograms-1k", 1_000))
        .scenario(counters("counters-100k", 100_000))
        .reading("scrape-under-load/metrics-exporter-prometheus", |scale| {
            let recorder = exporter();
            let count = 10_000;
            Counters(count).fill(&recorder);
            let handle = recorder.handle();
            under_load(
                scale,
                &recorder,
                || handle.render(),
                |text| text.lines().count() > count as usize,
            )
        })
        .main()
}

fn counters(name: &'static str, count: u32) -> Scenario {
    let recorder = exporter();
    Counters(count).fill(&recorder);
    let handle = recorder.handle();
    let family = Family::<[(&str, String); 2], Counter>::default();
    let options = prometheus::Opts::new(Counters::NAME, "Bench.");
    let vector = prometheus::IntCounterVec::new(options, &KEYS)
        .unwrap_or_else(|error| unreachable!("{error}"));
    for n in 0..count {
        let (route, status) = labels(n);
        let value = u64::from(n) * 7;
        vector.with_label_values(&[&*route, status]).inc_by(value);
        let labels = [("route", route), ("status", status.to_owned())];
        family.get_or_create(&labels).inc_by(value);
    }
    let mut client = Registry::default();
    client.register("bench_requests", "Bench", family);
    scenario(name, handle.render(), client, vector).with(
        "metrics-exporter-prometheus",
        scraped(move || handle.render()),
    )
}

fn histograms(name: &'static str, count: u32) -> Scenario {
    let recorder = exporter();
    Histograms(count).fill(&recorder);
    let handle = recorder.handle();
    let family =
        Family::<[(&str, String); 2], Histogram>::new_with_constructor(|| Histogram::new(BOUNDS));
    let options =
        prometheus::HistogramOpts::new(Histograms::NAME, "Bench.").buckets(BOUNDS.to_vec());
    let vector = prometheus::HistogramVec::new(options, &KEYS)
        .unwrap_or_else(|error| unreachable!("{error}"));
    for n in 0..count {
        let (route, status) = labels(n);
        let filled = vector.with_label_values(&[&*route, status]);
        let labels = [("route", route), ("status", status.to_owned())];
        for bound in BOUNDS {
            filled.observe(bound);
            family.get_or_create(&labels).observe(bound);
        }
    }
    let mut client = Registry::default();
    client.register(Histograms::NAME, "Bench", family);
    scenario(name, handle.render(), client, vector).with(
        "metrics-exporter-prometheus",
        scraped(move || handle.render()),
    )
}

/// The rows of the two client libraries.
fn scenario(
    name: &'static str,
    text: String,
    client: Registry,
    collector: impl prometheus::core::Collector + 'static,
) -> Scenario {
    let registry = prometheus::Registry::new();
    registry
        .register(Box::new(collector))
        .unwrap_or_else(|error| unreachable!("{error}"));
    Scenario::new(name, copied(text))
        .with(
            "prometheus-client",
            scraped(move || {
                let mut text = String::new();
                encode(&mut text, &client).unwrap_or_else(|error| unreachable!("{error}"));
                text
            }),
        )
        .with(
            "prometheus",
            scraped(move || {
                let text = TextEncoder::new().encode_to_string(&registry.gather());
                text.unwrap_or_else(|error| unreachable!("{error}"))
            }),
        )
}

fn exporter() -> PrometheusRecorder {
    let builder = PrometheusBuilder::new().set_buckets(&BOUNDS);
    builder
        .unwrap_or_else(|error| unreachable!("{error}"))
        .build_recorder()
}
