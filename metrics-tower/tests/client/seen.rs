//! Seen: an exporter of a test's own, a layer that records to it, and what they say.

use fedimetrics_core::Exporter;
use fedimetrics_core::testing::Scrape;
use fedimetrics_tower::{HttpClientMetricsLayer, Purpose};

pub(crate) struct Seen {
    pub(crate) exporter: Exporter,
    pub(crate) layer: HttpClientMetricsLayer,
}

impl Seen {
    /// Through a layer for deliveries.
    pub(crate) fn new() -> Self {
        Self::by(HttpClientMetricsLayer::new(Purpose::Deliver))
    }

    pub(crate) fn by(layer: HttpClientMetricsLayer) -> Self {
        let exporter = Exporter::builder().watch(&layer).build().unwrap();
        let layer = layer.on(&exporter);
        Self { exporter, layer }
    }

    pub(crate) fn scrape(&self) -> Scrape {
        Scrape::of(&self.exporter)
    }

    pub(crate) fn ended(&self, labels: &[(&str, &str)]) -> f64 {
        self.scrape().sum("http_client_requests_total", labels)
    }

    pub(crate) fn active(&self) -> f64 {
        self.scrape().sum("http_client_active_requests", &[])
    }

    /// Exactly one request has ended, in this way, was timed, and nothing is left.
    #[track_caller]
    pub(crate) fn assert_one_ended(&self, status: &str, error_type: &str, about: &str) {
        let scrape = self.scrape();
        let ended: Vec<_> = scrape.matching("http_client_requests_total", &[]).collect();
        assert_eq!(ended.len(), 1, "{about}: {ended:#?}");
        assert_eq!(ended[0].value, 1.0, "{about}");
        assert_eq!(
            ended[0].labels["http_response_status_code"], status,
            "{about}"
        );
        assert_eq!(ended[0].labels["error_type"], error_type, "{about}");
        assert_eq!(
            scrape.sum("http_client_request_duration_seconds_count", &[]),
            1.0,
            "{about}"
        );
        assert_eq!(self.active(), 0.0, "{about}");
    }
}
