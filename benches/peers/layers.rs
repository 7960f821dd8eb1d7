//! Layers: what others lay around a router, each set up as its documentation begins, and so that it really records.

use std::io;

use axum_metrics::MetricLayer;
use axum_prometheus::PrometheusMetricLayer;
use opentelemetry_instrumentation_tower::http::server::Layer as OpenTelemetryLayer;
use tokio::runtime::Runtime;
use tower_http::classify::{ServerErrorsAsFailures, SharedClassifier};
use tower_http::trace::TraceLayer;

/// What others lay around a router. Keep it: their readers stop with it.
pub struct Layers {
    pub axum_prometheus: PrometheusMetricLayer<'static>,
    pub axum_metrics: MetricLayer,
    pub axum_otel_metrics: axum_otel_metrics::HttpMetricsLayer,
    pub opentelemetry: OpenTelemetryLayer,
    pub trace: TraceLayer<SharedClassifier<ServerErrorsAsFailures>>,
    // Its exporter keeps itself small in a task of its own.
    _runtime: Runtime,
}

impl Layers {
    /// Sets them up, once in a process: they have recorders, readers and a subscriber that are the process's.
    pub fn new() -> Self {
        let runtime = Runtime::new().unwrap_or_else(|error| unreachable!("{error}"));
        let entered = runtime.enter();
        // A layer, and the exporter that is the process's recorder; axum-metrics records to that one too.
        let (axum_prometheus, _handle) = PrometheusMetricLayer::pair();
        drop(entered);
        // Spans and events at the default level, written nowhere.
        tracing_subscriber::fmt().with_writer(io::sink).init();
        otel_0_32::install();
        otel_0_33::install();
        Self {
            axum_prometheus,
            axum_metrics: MetricLayer::default(),
            axum_otel_metrics: axum_otel_metrics::HttpMetricsLayerBuilder::new().build(),
            opentelemetry: OpenTelemetryLayer::new(),
            trace: TraceLayer::new_for_http(),
            _runtime: runtime,
        }
    }
}

/// A reader for each version of OpenTelemetry: the two layers stand on one each.
macro_rules! reader {
    ($name:ident, $api:ident, $sdk:ident) => {
        mod $name {
            use std::hint::black_box;
            use std::time::Duration;

            use $api::global;
            use $sdk::error::OTelSdkResult;
            use $sdk::metrics::data::ResourceMetrics;
            use $sdk::metrics::exporter::PushMetricExporter;
            use $sdk::metrics::{PeriodicReader, SdkMeterProvider, Temporality};

            /// Takes what is read, as one that sends it does, and drops it.
            struct Dropped;

            impl PushMetricExporter for Dropped {
                async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
                    black_box(metrics);
                    Ok(())
                }

                fn force_flush(&self) -> OTelSdkResult {
                    Ok(())
                }

                fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
                    Ok(())
                }

                fn temporality(&self) -> Temporality {
                    Temporality::default()
                }
            }

            pub fn install() {
                let reader = PeriodicReader::builder(Dropped)
                    .with_interval(Duration::from_secs(30))
                    .build();
                let provider = SdkMeterProvider::builder().with_reader(reader).build();
                global::set_meter_provider(provider);
            }
        }
    };
}

reader!(otel_0_32, opentelemetry_0_32, opentelemetry_sdk_0_32);
reader!(otel_0_33, opentelemetry_0_33, opentelemetry_sdk_0_33);
