//! Life: what happens to an instance's series from one minute to the next.
//!
//! In each family, the n-th series happens 1/n as often as the first, so that some are busy and most are not. Failures are
//! rare. There is a day and a night.

use std::collections::BTreeMap;
use std::f64::consts::TAU;

use fastrand::Rng;
use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Born, Exporter, Kind, Metric, Sink};
use metrics::{Counter, Gauge, Histogram};

/// One series, or a histogram's.
pub(crate) enum Handle {
    Counter(Counter),
    Gauge(Gauge),
    Histogram(Histogram),
}

impl Handle {
    pub(crate) fn of(sink: &Sink, metric: &'static Metric, values: &[&str]) -> Self {
        match metric.kind() {
            Kind::Counter => Self::Counter(sink.counter(metric, values)),
            Kind::Gauge | Kind::FractionalCounter => Self::Gauge(sink.gauge(metric, values)),
            Kind::Histogram => Self::Histogram(sink.histogram(metric, values)),
        }
    }

    /// It happens once, `weight` of 1 being as much as usual, at this time.
    pub(crate) fn happens(&self, metric: &Metric, weight: f64, now: f64) {
        match self {
            Self::Counter(counter) if metric.name().contains("bytes") => {
                counter.increment((weight * 20_000.0) as u64)
            }
            Self::Counter(counter) => counter.increment(1),
            Self::Histogram(histogram) => histogram.record(usual(metric) * weight),
            Self::Gauge(gauge) if metric.kind() == Kind::FractionalCounter => {
                gauge.increment(weight * 0.03)
            }
            Self::Gauge(gauge) if metric.name().contains("timestamp") => gauge.set(now),
            Self::Gauge(gauge) if metric.name().ends_with("seconds") => gauge.set(weight * 10.0),
            Self::Gauge(gauge) => gauge.set((weight * 3.0).round()),
        }
    }
}

/// A bound a third up: what most observations are near to.
fn usual(metric: &Metric) -> f64 {
    let buckets = metric.buckets();
    buckets.get(buckets.len() / 3).copied().unwrap_or(1.0)
}

/// All series that something happens to.
pub(crate) struct Life {
    series: Vec<(Handle, &'static Metric, f64)>,
    random: Rng,
}

impl Life {
    /// Of all that the exporter shows, but what is read from the process.
    pub(crate) fn of(exporter: &Exporter, a_minute: u32) -> Self {
        let sink = exporter.sink();
        let scrape = Scrape::of(exporter);
        let mut series = Vec::new();
        for metric in super::instance::catalogue() {
            let of_a_queue = metric.name().starts_with("job_queue_");
            if (metric.born() == Born::AtScrape && !of_a_queue)
                || metric.name().starts_with("exporter_")
            {
                continue;
            }
            let name = match metric.kind() {
                Kind::Histogram => format!("{}_count", metric.name()),
                _ => metric.name().to_owned(),
            };
            let found: Vec<_> = scrape.matching(&name, &[]).collect();
            let rare = ["lost", "fail", "timeout", "dropped", "untracked"];
            let rare = rare.iter().any(|word| name.contains(word));
            let all: f64 = (1..=found.len()).map(|n| share(n, rare)).sum();
            let often = f64::from(a_minute) * if rare { 0.02 } else { 1.0 };
            for (n, sample) in found.iter().enumerate() {
                let labels: BTreeMap<_, _> = sample
                    .labels
                    .iter()
                    .map(|(key, value)| (&**key, &**value))
                    .collect();
                let values: Vec<_> = metric
                    .label_keys()
                    .iter()
                    .map(|label| labels.get(label.key()).copied().unwrap_or_default())
                    .collect();
                let handle = Handle::of(&sink, metric, &values);
                series.push((handle, metric, often * share(n + 1, rare) / all));
            }
        }
        Self {
            series,
            random: Rng::with_seed(7),
        }
    }

    /// A minute goes by, and ends now.
    pub(crate) fn minute(&mut self, now: f64) {
        let day = 1.0 + 0.8 * (now / 86_400.0 * TAU).sin();
        for (handle, metric, often) in &self.series {
            let expected = often * day * (0.7 + 0.6 * self.random.f64());
            let whole = expected.floor();
            let more = self.random.f64() < expected - whole;
            for _ in 0..whole as u64 + u64::from(more) {
                // Most are near to what is usual, some take ten times as long.
                let spread: f64 = (0..4).map(|_| self.random.f64() - 0.5).sum();
                handle.happens(metric, (spread * 2.0).exp(), now);
                if matches!(handle, Handle::Gauge(_)) && metric.kind() == Kind::Gauge {
                    // It is overwritten anyway.
                    break;
                }
            }
        }
    }
}

fn share(n: usize, rare: bool) -> f64 {
    let n = n as f64;
    if rare { 1.0 / (n * n) } else { 1.0 / n }
}
