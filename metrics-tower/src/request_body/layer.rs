//! RequestBodyLayer: HttpMetricsLayer that counts request bodies too.

use std::fmt;

use fedimetrics_core::{Watch, Watching};
use tower_layer::Layer;

use super::RequestBodyMetrics;
use crate::layer::HttpMetricsLayer;

/// An [`HttpMetricsLayer`] that counts request bodies too: made by
/// [`with_request_bodies`](HttpMetricsLayer::with_request_bodies). Its labels are that layer's, and so is what becomes of a
/// request that is dropped; of its body counts what was read until then.
#[derive(Clone)]
pub struct RequestBodyLayer<F> {
    http: HttpMetricsLayer,
    convert: F,
}

impl<F> RequestBodyLayer<F> {
    pub(crate) const fn new(http: HttpMetricsLayer, convert: F) -> Self {
        Self { http, convert }
    }
}

impl<S, F: Clone> Layer<S> for RequestBodyLayer<F> {
    type Service = RequestBodyMetrics<S, F>;

    fn layer(&self, inner: S) -> Self::Service {
        RequestBodyMetrics::new(self.http.layer(inner), self.convert.clone())
    }
}

impl<F> Watch for RequestBodyLayer<F> {
    fn watch(&self, watching: &mut Watching) {
        self.http.watch(watching);
    }
}

impl<F> fmt::Debug for RequestBodyLayer<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestBodyLayer")
            .field("http", &self.http)
            .finish_non_exhaustive()
    }
}
