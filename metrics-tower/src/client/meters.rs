//! Meters: the handles that one client's layer has resolved.

use std::sync::OnceLock;

use fedimetrics_core::{Sink, is_noop};
use metrics::{Counter, Gauge, Histogram};

use super::addresses::{Address, Addresses};
use super::ended::Ended;
use super::exits::Exits;
use super::purpose::Purpose;
use crate::catalogue::{CLIENT_ACTIVE, CLIENT_DURATION, CLIENT_REQUESTS};
use crate::method::{self, Method};
use fedimetrics_core::clock::Clock;

/// The handles that one client's layer has resolved.
#[derive(Debug)]
pub(super) struct Meters {
    sink: Sink,
    clock: Clock,
    addresses: Addresses,
    declared: OnceLock<Declared>,
    /// By server: the one for all, then those of the list as they are asked.
    exits: Box<[OnceLock<Box<[Exits; Purpose::ALL.len()]>>]>,
}

/// What exists from the start.
#[derive(Debug)]
pub(super) struct Declared {
    purposes: [ForPurpose; Purpose::ALL.len()],
}

/// One purpose's handles.
#[derive(Debug)]
pub(super) struct ForPurpose {
    pub(super) active: Gauge,
    pub(super) duration: Histogram,
}

impl Meters {
    pub(super) fn new(sink: Sink, addresses: Addresses) -> Self {
        Self {
            exits: (0..addresses.places()).map(|_| OnceLock::new()).collect(),
            sink,
            clock: Clock::new(),
            addresses,
            declared: OnceLock::new(),
        }
    }

    pub(super) const fn sink(&self) -> &Sink {
        &self.sink
    }

    pub(super) const fn clock(&self) -> &Clock {
        &self.clock
    }

    pub(super) const fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// What exists from the start; `None` while no recorder is installed. A handle that does nothing is never kept.
    pub(super) fn declared(&self, purpose: Purpose) -> Option<&ForPurpose> {
        let declared = match self.declared.get() {
            Some(declared) => declared,
            None if is_noop(&self.sink.gauge(&CLIENT_ACTIVE, &[purpose.as_str()])) => return None,
            None => self.declared.get_or_init(|| Declared::resolve(&self.sink)),
        };
        Some(&declared.purposes[purpose.index()])
    }

    /// Counts one request that ended.
    pub(super) fn ended(&self, purpose: Purpose, method: Method, address: Address, ended: Ended) {
        let Some(exits) = self.exits.get(address.index()) else {
            return;
        };
        let exits = exits.get_or_init(Box::default);
        let resolve = || self.requests(purpose, method, address, ended);
        exits[purpose.index()]
            .counter((method, ended), resolve)
            .increment(1);
    }

    fn requests(
        &self,
        purpose: Purpose,
        method: Method,
        address: Address,
        ended: Ended,
    ) -> Counter {
        ended.with_status(|status| {
            let values = [
                purpose.as_str(),
                method::STANDARD.word(method),
                status,
                ended.error_type(),
                self.addresses.text(address),
            ];
            self.sink.counter(&CLIENT_REQUESTS, &values)
        })
    }
}

impl Declared {
    pub(super) fn resolve(sink: &Sink) -> Self {
        Self {
            purposes: Purpose::ALL.map(|purpose| ForPurpose {
                active: sink.gauge(&CLIENT_ACTIVE, &[purpose.as_str()]),
                duration: sink.histogram(&CLIENT_DURATION, &[purpose.as_str()]),
            }),
        }
    }
}
