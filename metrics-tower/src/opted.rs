//! Opted: one route's handles for what only some layers record.

use std::sync::OnceLock;

use fedimetrics_core::Sink;
use metrics::{Counter, Gauge, Histogram};

use crate::catalogue::{BUSY_SECONDS, QUEUE_SECONDS, REQUEST_BYTES, REQUEST_SIZE, RESPONSE_SIZE};
use crate::extras::Extras;
use crate::meters::Meters;

/// One route's handles for what only some layers record, as far as they were needed.
#[derive(Debug, Default)]
pub(crate) struct Opted {
    queue: OnceLock<Gauge>,
    busy: OnceLock<Gauge>,
    request_bytes: OnceLock<Counter>,
    request_size: OnceLock<Histogram>,
    response_size: OnceLock<Histogram>,
}

impl Opted {
    pub(crate) fn record(&self, meters: &Meters, route: &str, extras: &Extras) {
        let (sink, settings) = (meters.sink(), &meters.settings);
        if settings.queue {
            let queue = || sink.gauge(&QUEUE_SECONDS, &[route]);
            self.queue.get_or_init(queue).increment(extras.queued);
        }
        if settings.busy {
            let busy = || sink.gauge(&BUSY_SECONDS, &[route]);
            self.busy
                .get_or_init(busy)
                .increment(extras.busy_seconds(&meters.clock));
        }
        let Some(upload) = &extras.upload else {
            return;
        };
        let bytes = || sink.counter(&REQUEST_BYTES, &[route]);
        self.request_bytes
            .get_or_init(bytes)
            .increment(upload.bytes());
        if let Some(bytes) = upload.size().filter(|_| settings.sizes) {
            let size = || sink.histogram(&REQUEST_SIZE, &[route]);
            self.request_size.get_or_init(size).record(bytes as f64);
        }
    }

    pub(crate) fn response_size(&self, sink: &Sink, route: &str, bytes: u64) {
        let size = || sink.histogram(&RESPONSE_SIZE, &[route]);
        self.response_size.get_or_init(size).record(bytes as f64);
    }
}
