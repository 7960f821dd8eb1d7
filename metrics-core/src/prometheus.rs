//! Prometheus: our buckets for a host that shows its numbers with `metrics-exporter-prometheus`.
//!
//! The `metrics` facade carries names, units and helps, but no buckets, and without buckets that exporter prints summaries,
//! which cannot be added up over processes. So it is told before it is built, with [`with_buckets`]; helps and units follow
//! with [`describe`](crate::describe) once it is installed. `Endpoint::over` puts its text behind our access rules, and
//! the host calls `PrometheusHandle::run_upkeep` now and then, or what was recorded between two scrapes piles up.
//!
//! It is another recorder, so some things are otherwise than METRICS.md says: counters that grow by fractions
//! (`…_seconds_total`) are shown as gauges, what is absent reads `NaN`, and nothing is capped.

use metrics_exporter_prometheus_0_18::{Matcher, PrometheusBuilder};

use crate::error::{Error, Kind};
use crate::metric::{self, Metric};

/// Gives every histogram among these metrics its buckets. Once for each crate's `catalogue::ALL`.
///
/// # Errors
///
/// If a histogram declares no buckets.
///
/// # Examples
///
/// ```
/// use fedimetrics_core::{Metric, Sink, prometheus};
/// use metrics_exporter_prometheus::PrometheusBuilder;
/// # extern crate metrics_exporter_prometheus_0_18 as metrics_exporter_prometheus;
///
/// static WAITS: Metric = Metric::histogram("demo_wait_seconds", "How long it took.", &[0.1, 1.0]).seconds();
/// static ALL: &[&Metric] = &[&WAITS];
///
/// let recorder = prometheus::with_buckets(PrometheusBuilder::new(), ALL)?.build_recorder();
/// let handle = recorder.handle();
/// metrics::with_local_recorder(&recorder, || Sink::global().histogram(&WAITS, &[]).record(0.5));
/// assert!(handle.render().contains("demo_wait_seconds_bucket{le=\"1\"} 1\n"));
/// # Ok::<(), fedimetrics_core::Error>(())
/// ```
pub fn with_buckets(
    builder: PrometheusBuilder,
    metrics: &[&Metric],
) -> Result<PrometheusBuilder, Error> {
    metrics
        .iter()
        .filter(|metric| metric.kind() == metric::Kind::Histogram)
        .try_fold(builder, |builder, metric| {
            let name = metric.name().to_owned();
            builder
                .set_buckets_for_metric(Matcher::Full(name.clone()), metric.buckets())
                .map_err(|_| Kind::Buckets(name).into())
        })
}
