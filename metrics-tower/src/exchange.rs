//! Exchange: one request, from its head to the last byte of its response. Recorded exactly once.

use std::sync::Arc;

use fedimetrics_core::handles::Place;
use fedimetrics_core::scope::Scope;
use http::Request;

use crate::clock::Moment;
use crate::labels::{Kind, Method, Outcome, Status};
use crate::meters::{Exit, Meters};
use crate::route;
use crate::stream::Stream;
use crate::surface::{self, Rule, Surface};

/// One request that is being measured. Whatever becomes of it, it is recorded once: dropping it is the failure path.
#[derive(Debug)]
pub(crate) struct Exchange {
    meters: Arc<Meters>,
    begun: Moment,
    /// When the head of the response was there; as long as there is no status, when the request began.
    head: Moment,
    sent: u64,
    route: Place,
    status: Option<Status>,
    method: Method,
    /// Where the gauge of active requests was raised, and will be lowered.
    entered: Surface,
    surface: Surface,
    wants_activity: bool,
    ended: bool,
}

impl Exchange {
    /// Opens an exchange, and the scope that its route is published in. `None` while no recorder is installed.
    pub(crate) fn open<B>(meters: &Arc<Meters>, request: &Request<B>) -> Option<(Self, Scope)> {
        let declared = meters.declared()?;
        let begun = meters.clock.now();
        let method = Method::of(request.method());
        let (route, surface, wants_activity, scope) = match route::template(request.extensions()) {
            Some(template) => {
                let place = meters.place(template);
                let route = meters.route(place)?;
                let rule = route.value().rule;
                let wants_activity =
                    rule == Rule::Negotiated && surface::wants_activity(request.headers());
                let scope = Scope::request(Some(route.name()));
                (
                    place,
                    rule.surface(method, wants_activity),
                    wants_activity,
                    scope,
                )
            }
            None => {
                // An inner router may know better, later: only now can the headers be read.
                let wants_activity = surface::wants_activity(request.headers());
                (
                    meters.unmatched(),
                    Surface::Unmatched,
                    wants_activity,
                    Scope::request(None),
                )
            }
        };
        declared.on(surface).active.increment(1.0);
        let exchange = Self {
            meters: meters.clone(),
            begun,
            head: begun,
            sent: 0,
            route,
            status: None,
            method,
            entered: surface,
            surface,
            wants_activity,
            ended: false,
        };
        Some((exchange, scope))
    }

    /// Takes the route that somebody within has published.
    pub(crate) fn locate(&mut self, scope: &Scope) {
        let Some(published) = scope.route() else {
            return;
        };
        let own = self.meters.route(self.route).map(|route| route.name());
        if own == Some(published) {
            return;
        }
        self.route = self.meters.place(published.as_str());
        if let Some(route) = self.meters.route(self.route) {
            self.surface = route.value().rule.surface(self.method, self.wants_activity);
        }
    }

    /// The head of the response is there.
    pub(crate) fn head(&mut self, status: Status) {
        self.head = self.meters.clock.now();
        self.status = Some(status);
        let seconds = self.meters.clock.seconds(self.begun, self.head);
        if let Some(declared) = self.meters.declared() {
            declared.on(self.surface).time_to_first_byte.record(seconds);
        }
        if let Some(route) = self.meters.route(self.route) {
            route.value().handler_seconds.increment(seconds);
        }
    }

    pub(crate) const fn method(&self) -> Method {
        self.method
    }

    /// That many bytes of the body were handed over; how many there have been.
    pub(crate) const fn sent(&mut self, bytes: u64) -> u64 {
        self.sent = self.sent.saturating_add(bytes);
        self.sent
    }

    /// The response was sent whole.
    pub(crate) fn complete(mut self) {
        self.record(
            self.status.map_or(Outcome::Cancelled, Outcome::of),
            self.meters.clock.now(),
        );
    }

    /// The head was all there is, or all that latency is about.
    pub(crate) fn complete_at_head(mut self) {
        self.record(
            self.status.map_or(Outcome::Cancelled, Outcome::of),
            self.head,
        );
    }

    /// Ended at the head, and lives on as a stream.
    pub(crate) fn into_stream(self, kind: Kind) -> Stream {
        let stream = Stream::open(self.meters.clone(), self.route, kind, self.head);
        self.complete_at_head();
        stream
    }

    /// It ended in another way.
    pub(crate) fn fail(mut self, outcome: Outcome) {
        self.record(outcome, self.meters.clock.now());
    }

    /// It shall not be measured after all.
    pub(crate) fn withdraw(mut self) {
        self.ended = true;
        if let Some(declared) = self.meters.declared() {
            declared.on(self.entered).active.decrement(1.0);
        }
    }

    fn record(&mut self, outcome: Outcome, now: Moment) {
        self.ended = true;
        let seconds = self.meters.clock.seconds(self.begun, now);
        if let Some(declared) = self.meters.declared() {
            declared.on(self.entered).active.decrement(1.0);
            declared.on(self.surface).outcome(outcome).increment(1);
        }
        if let Some(route) = self.meters.route(self.route) {
            let exit = Exit {
                status: self.status,
                outcome,
            };
            self.meters
                .ended(route, self.method, self.surface, exit, seconds);
            if self.status.is_none() {
                route.value().handler_seconds.increment(seconds);
            }
            if self.sent > 0 {
                route.value().response_bytes.increment(self.sent);
            }
        }
    }
}

impl Drop for Exchange {
    #[inline]
    fn drop(&mut self) {
        if !self.ended {
            let outcome = if self.status.is_some() {
                Outcome::Aborted
            } else {
                Outcome::Cancelled
            };
            self.record(outcome, self.meters.clock.now());
        }
    }
}
