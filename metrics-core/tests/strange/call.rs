//! Calls of the `metrics` facade and of our own sink, with whatever strings, numbers and order the bytes say.

use std::sync::LazyLock;
use std::thread;

use fedimetrics_core::{Collector, Exporter, Label, Metric, Samples, Shard};
use metrics::{Key, KeyName, Level, Metadata, Recorder, SharedString, Unit};

use super::bytes::Bytes;

const ONE: &[Label] = &[Label::open("a")];
const TWO: &[Label] = &[Label::open("a"), Label::closed("b", &["x", "y"])];
const OTHERWISE: &[Label] = &[Label::open("b"), Label::open("a")];
const TWICE: &[Label] = &[Label::open("a"), Label::open("a")];
const RESERVED: &[Label] = &[Label::open("le")];
const UNREADABLE: &[Label] = &[Label::open("x.y"), Label::open("")];

/// Declarations, among them some that no scraper could read, and some that clash.
static DECLARED: &[Metric] = &[
    Metric::counter("own_total", "Own.").labels(TWO).sharded(),
    Metric::counter("own_total", "Own, otherwise.")
        .labels(OTHERWISE)
        .lazy(),
    Metric::counter("_total", "No\nstem\r."),
    Metric::gauge("own", "Clashes with the counter in OpenMetrics."),
    Metric::gauge("posts_total", "").labels(ONE).sharded(),
    Metric::gauge("wait_seconds_count", "A part of a histogram.").at_scrape(),
    Metric::gauge("not a name", "\u{2028}").labels(ONE),
    Metric::gauge("twice", "").labels(TWICE).at_scrape(),
    Metric::gauge("unreadable", "")
        .labels(UNREADABLE)
        .at_scrape(),
    Metric::fractional_counter("spent_seconds_total", "Seconds.")
        .seconds()
        .labels(ONE)
        .sharded(),
    Metric::fractional_counter("spent_seconds", "Seconds, without _total.")
        .seconds()
        .labels(ONE),
    Metric::histogram("wait_seconds", "Waits.", &[0.1, 1.0])
        .seconds()
        .labels(ONE)
        .lazy(),
    Metric::histogram("took", "", &[1.0]).labels(RESERVED),
    Metric::histogram("odd", "", &[5.0, f64::NAN, 1.0, 1.0, f64::INFINITY, -1.0]),
];

/// Of as many threads.
static SHARDS: LazyLock<[Shard; 3]> =
    LazyLock::new(|| std::array::from_fn(|_| thread::spawn(Shard::mine).join().unwrap()));

/// Does one thing with the exporter.
pub(crate) fn one(bytes: &mut Bytes<'_>, exporter: &Exporter) {
    let recorder = exporter.recorder();
    match bytes.below(8) {
        0 => describe(bytes, &recorder),
        1 => ours(bytes, exporter),
        _ => record(bytes, &recorder),
    }
}

fn describe(bytes: &mut Bytes<'_>, recorder: &impl Recorder) {
    let name = KeyName::from(bytes.name());
    let unit = bytes.pick(&[
        None,
        Some(Unit::Seconds),
        Some(Unit::Bytes),
        Some(Unit::Percent),
    ]);
    let help = SharedString::from(bytes.text());
    match bytes.below(3) {
        0 => recorder.describe_counter(name, unit, help),
        1 => recorder.describe_gauge(name, unit, help),
        _ => recorder.describe_histogram(name, unit, help),
    }
}

fn record(bytes: &mut Bytes<'_>, recorder: &impl Recorder) {
    static METADATA: Metadata<'_> = Metadata::new("strange", Level::INFO, None);
    let key = Key::from_parts(bytes.name(), bytes.labels());
    match bytes.below(8) {
        0 => recorder
            .register_counter(&key, &METADATA)
            .absolute(bytes.whole()),
        1 | 2 => recorder
            .register_counter(&key, &METADATA)
            .increment(bytes.whole()),
        3 => recorder.register_gauge(&key, &METADATA).set(bytes.number()),
        4 => recorder
            .register_gauge(&key, &METADATA)
            .increment(bytes.number()),
        5 => recorder
            .register_gauge(&key, &METADATA)
            .decrement(bytes.number()),
        _ => {
            let histogram = recorder.register_histogram(&key, &METADATA);
            (0..=bytes.below(3)).for_each(|_| histogram.record(bytes.number()));
        }
    }
}

fn declared(bytes: &mut Bytes<'_>) -> (&'static Metric, Vec<String>) {
    let metric = &DECLARED[bytes.below(DECLARED.len())];
    (
        metric,
        metric.label_keys().iter().map(|_| bytes.text()).collect(),
    )
}

fn ours(bytes: &mut Bytes<'_>, exporter: &Exporter) {
    let (metric, values) = declared(bytes);
    let values: Vec<_> = values.iter().map(|value| &**value).collect();
    let sink = exporter.sink().on_shard(bytes.pick(&*SHARDS));
    // The kind that was declared, or another one.
    match (metric.kind().as_str(), bytes.below(4)) {
        ("counter", 0..3) | (_, 0) => sink.counter(metric, &values).increment(bytes.whole()),
        ("histogram", 1..) => sink.histogram(metric, &values).record(bytes.number()),
        (_, 2) => sink.gauge(metric, &values).set(bytes.number()),
        _ => sink.gauge(metric, &values).increment(bytes.number()),
    }
}

/// A collector that reads declared metrics at scrape, those included that are no gauges.
pub(crate) struct Reads(Vec<(&'static Metric, Vec<String>, f64)>);

impl Reads {
    pub(crate) fn from(bytes: &mut Bytes<'_>) -> Self {
        let count = bytes.below(6);
        Self(
            (0..count)
                .map(|_| {
                    let (metric, values) = declared(bytes);
                    (metric, values, bytes.number())
                })
                .collect(),
        )
    }
}

impl Collector for Reads {
    fn name(&self) -> &'static str {
        "strange \"collector\"\n"
    }

    fn collect(&self, samples: &mut Samples) {
        for (metric, values, number) in &self.0 {
            let values: Vec<_> = values.iter().map(|value| &**value).collect();
            samples.add(metric, &values, *number);
        }
    }
}
