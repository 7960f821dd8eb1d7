//! What does a recording cost with other crates, by one thread and by two, and what does it leave behind?

use std::process::ExitCode;

use fedimetrics_benches::record::{
    BOUNDS, STATIC, added, hostile, samples, static_labels, string_labels, strings, two_threads,
    unscraped,
};
use fedimetrics_benches::{Bench, Scenario, record};
use metrics_exporter_prometheus::PrometheusBuilder;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;

const EXPORTER: &str = "metrics-exporter-prometheus";
const CLIENT: &str = "prometheus-client";
const PROMETHEUS: &str = "prometheus";

fn main() -> ExitCode {
    let builder = PrometheusBuilder::new().set_buckets(&BOUNDS);
    let recorder = builder.unwrap_or_else(|error| unreachable!("{error}"));
    metrics::set_global_recorder(recorder.build_recorder())
        .unwrap_or_else(|error| unreachable!("{error}"));
    Bench::default()
        .scenario(
            Scenario::new("histogram-1t", added())
                .with(EXPORTER, record::histogram())
                .with(CLIENT, {
                    let (histogram, mut sample) = (client_histogram(), samples());
                    move || histogram.observe(sample())
                })
                .with(PROMETHEUS, {
                    let (histogram, mut sample) = (prometheus_histogram(), samples());
                    move || histogram.observe(sample())
                }),
        )
        .scenario(
            Scenario::new("counter-static", added())
                .with(EXPORTER, static_labels)
                .with(CLIENT, {
                    let family = Family::<[(&str, &str); 3], Counter>::default();
                    move || {
                        family.get_or_create(&STATIC).inc();
                    }
                })
                .with(PROMETHEUS, {
                    let (family, values) = (prometheus_family(), STATIC.map(|(_, value)| value));
                    move || family.with_label_values(&values).inc()
                }),
        )
        .scenario(
            Scenario::new("counter-string", added())
                .with(EXPORTER, string_labels())
                .with(CLIENT, {
                    let (family, values) =
                        (Family::<[(&str, String); 3], Counter>::default(), strings());
                    move || {
                        let [method, route, status] = values.clone();
                        let labels = [("method", method), ("route", route), ("status", status)];
                        family.get_or_create(&labels).inc();
                    }
                })
                .with(PROMETHEUS, {
                    let (family, values) = (prometheus_family(), strings());
                    move || family.with_label_values(&values).inc()
                }),
        )
        .reading("histogram-2t/metrics-exporter-prometheus", |scale| {
            let handle = metrics::histogram!("bench_shared_seconds");
            two_threads(scale, || handle.record(0.07))
        })
        .reading("histogram-2t/prometheus-client", |scale| {
            let histogram = client_histogram();
            two_threads(scale, || histogram.observe(0.07))
        })
        .reading("histogram-2t/prometheus", |scale| {
            let histogram = prometheus_histogram();
            two_threads(scale, || histogram.observe(0.07))
        })
        .reading("samples-10m/metrics-exporter-prometheus", |scale| {
            let handle = metrics::histogram!("bench_unscraped_seconds");
            unscraped(scale, || handle.record(0.07))
        })
        .reading("samples-10m/prometheus-client", |scale| {
            let histogram = client_histogram();
            unscraped(scale, || histogram.observe(0.07))
        })
        .reading("samples-10m/prometheus", |scale| {
            let histogram = prometheus_histogram();
            unscraped(scale, || histogram.observe(0.07))
        })
        .reading("hostile-100k/metrics-exporter-prometheus", hostile)
        .main()
}

fn client_histogram() -> Histogram {
    Histogram::new(BOUNDS)
}

fn prometheus_histogram() -> prometheus::Histogram {
    let options = prometheus::HistogramOpts::new("bench_histogram_seconds", "Bench.");
    prometheus::Histogram::with_opts(options.buckets(BOUNDS.to_vec()))
        .unwrap_or_else(|error| unreachable!("{error}"))
}

fn prometheus_family() -> prometheus::IntCounterVec {
    let options = prometheus::Opts::new("bench_total", "Bench.");
    prometheus::IntCounterVec::new(options, &STATIC.map(|(key, _)| key))
        .unwrap_or_else(|error| unreachable!("{error}"))
}
