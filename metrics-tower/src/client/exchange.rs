//! Exchange: one outgoing request, from its sending to the head of its response. Recorded exactly once.

use std::sync::Arc;

use super::addresses::Address;
use super::ended::Ended;
use super::meters::Meters;
use super::purpose::Purpose;
use crate::method::{self, Method};
use fedimetrics_core::clock::Moment;

/// One outgoing request that is being measured. Whatever becomes of it, it is recorded once: dropping it is how its
/// caller gives it up.
#[derive(Debug)]
pub(super) struct Exchange {
    meters: Arc<Meters>,
    begun: Moment,
    address: Address,
    purpose: Purpose,
    method: Method,
    ended: bool,
}

impl Exchange {
    /// Opens an exchange. `None` while no recorder is installed.
    pub(super) fn open(
        meters: &Arc<Meters>,
        purpose: Purpose,
        method: &http::Method,
        host: Option<&str>,
    ) -> Option<Self> {
        meters.declared(purpose)?.active.increment(1.0);
        Some(Self {
            meters: meters.clone(),
            begun: meters.clock().now(),
            address: meters.addresses().find(host),
            purpose,
            method: method::STANDARD.of(method),
            ended: false,
        })
    }

    pub(super) fn end(mut self, ended: Ended) {
        self.record(ended);
    }

    fn record(&mut self, ended: Ended) {
        self.ended = true;
        if let Some(declared) = self.meters.declared(self.purpose) {
            declared.active.decrement(1.0);
            let clock = self.meters.clock();
            declared
                .duration
                .record(clock.seconds(self.begun, clock.now()));
        }
        self.meters
            .ended(self.purpose, self.method, self.address, ended);
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        if !self.ended {
            self.record(Ended::Cancelled);
        }
    }
}
