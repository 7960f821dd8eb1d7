//! Stream: a response that goes on for as long as somebody listens.

use std::sync::Arc;

use fedimetrics_core::handles::Place;

use crate::labels::Kind;
use crate::meters::Meters;
use fedimetrics_core::clock::Moment;

/// A response that goes on for as long as somebody listens. Its end is no failure, however it comes.
#[derive(Debug)]
pub(crate) struct Stream {
    meters: Arc<Meters>,
    route: Place,
    kind: Kind,
    begun: Moment,
}

impl Stream {
    pub(crate) fn open(meters: Arc<Meters>, route: Place, kind: Kind, begun: Moment) -> Self {
        let stream = Self {
            meters,
            route,
            kind,
            begun,
        };
        stream.add(1.0);
        stream
    }

    fn add(&self, change: f64) {
        if let Some(route) = self.meters.route(self.route) {
            self.meters.streams(route, self.kind).increment(change);
        }
    }

    /// That many bytes were handed over.
    pub(crate) fn sent(&self, bytes: u64) {
        if let Some(route) = self.meters.route(self.route) {
            route.value().response_bytes.increment(bytes);
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.add(-1.0);
        if let Some(declared) = self.meters.resolved() {
            declared.stream_duration(self.kind).record(
                self.meters
                    .clock
                    .seconds(self.begun, self.meters.clock.now()),
            );
        }
    }
}
