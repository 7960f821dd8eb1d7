//! Exchange: one request, from its head to the last byte of its response. Recorded exactly once.

use std::sync::Arc;

use fedimetrics_core::handles::Place;
use fedimetrics_core::scope::Scope;
use http::{HeaderMap, Request};
use quanta::Instant;

use crate::labels::{Kind, Method, Outcome, Status};
use crate::meters::{Exit, Meters};
use crate::route::{self, UNMATCHED};
use crate::surface::{self, Rule, Surface};

/// One request that is being measured. Whatever becomes of it, it is recorded once: dropping it is the failure path.
#[derive(Debug)]
pub(crate) struct Exchange {
    meters: Arc<Meters>,
    begun: Instant,
    method: Method,
    /// Where the gauge of active requests was raised, and will be lowered.
    entered: Surface,
    surface: Surface,
    wants_activity: bool,
    route: Place,
    status: Option<Status>,
    /// When the head of the response was there.
    head: Option<Instant>,
    sent: u64,
    ended: bool,
}

impl Exchange {
    /// Opens an exchange, and the scope that its route is published in. `None` while no recorder is installed.
    pub(crate) fn open<B>(meters: &Arc<Meters>, request: &Request<B>) -> Option<(Self, Scope)> {
        let declared = meters.declared()?;
        let begun = Instant::now();
        let method = Method::of(request.method());
        let template = route::template(request.extensions());
        let place = meters.place(template.unwrap_or(UNMATCHED));
        let route = meters.route(place)?;
        let (wants_activity, surface) = match template {
            Some(_) => locate(route.value().rule, method, request.headers()),
            // An inner router may know better, later: only now can the headers be read.
            None => (
                surface::wants_activity(request.headers()),
                Surface::Unmatched,
            ),
        };
        declared.on(surface).active.increment(1.0);
        let scope = Scope::request(template.map(|_| route.name().clone()));
        let exchange = Self {
            meters: meters.clone(),
            begun,
            method,
            entered: surface,
            surface,
            wants_activity,
            route: place,
            status: None,
            head: None,
            sent: 0,
            ended: false,
        };
        Some((exchange, scope))
    }

    /// Takes the route that somebody within has published.
    pub(crate) fn locate(&mut self, scope: &Scope) {
        let Some(published) = scope.route() else {
            return;
        };
        let known = self
            .meters
            .route(self.route)
            .is_some_and(|route| **route.name() == **published);
        if known {
            return;
        }
        self.route = self.meters.place(published);
        if let Some(route) = self.meters.route(self.route) {
            self.surface = route.value().rule.surface(self.method, self.wants_activity);
        }
    }

    /// The head of the response is there.
    pub(crate) fn head(&mut self, status: Status) {
        let now = Instant::now();
        let seconds = now.duration_since(self.begun).as_secs_f64();
        self.status = Some(status);
        self.head = Some(now);
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
        let outcome = self.status.map_or(Outcome::Cancelled, Outcome::of);
        self.record(outcome, Instant::now());
    }

    /// The head was all there is, or all that latency is about.
    pub(crate) fn complete_at_head(mut self) {
        let outcome = self.status.map_or(Outcome::Cancelled, Outcome::of);
        self.record(outcome, self.head.unwrap_or(self.begun));
    }

    /// Ended at the head, and lives on as a stream.
    pub(crate) fn into_stream(self, kind: Kind) -> Stream {
        let stream = Stream {
            meters: self.meters.clone(),
            route: self.route,
            kind,
            begun: self.head.unwrap_or(self.begun),
        };
        stream.add(1.0);
        self.complete_at_head();
        stream
    }

    /// It ended in another way.
    pub(crate) fn fail(mut self, outcome: Outcome) {
        self.record(outcome, Instant::now());
    }

    /// It shall not be measured after all.
    pub(crate) fn withdraw(mut self) {
        self.leave();
    }

    fn record(&mut self, outcome: Outcome, now: Instant) {
        self.leave();
        let seconds = now.duration_since(self.begun).as_secs_f64();
        let exit = Exit {
            status: self.status,
            outcome,
        };
        if let Some(declared) = self.meters.declared() {
            declared.on(self.surface).outcome(outcome).increment(1);
        }
        if let Some(route) = self.meters.route(self.route) {
            self.meters
                .ended(route, self.method, self.surface, exit, seconds);
            if self.head.is_none() {
                route.value().handler_seconds.increment(seconds);
            }
            if self.sent > 0 {
                route.value().response_bytes.increment(self.sent);
            }
        }
    }

    /// Lowers the gauge of active requests, and makes sure that nothing is recorded twice.
    fn leave(&mut self) {
        self.ended = true;
        if let Some(declared) = self.meters.declared() {
            declared.on(self.entered).active.decrement(1.0);
        }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        if !self.ended {
            let outcome = if self.status.is_some() {
                Outcome::Aborted
            } else {
                Outcome::Cancelled
            };
            self.record(outcome, Instant::now());
        }
    }
}

fn locate(rule: Rule, method: Method, headers: &HeaderMap) -> (bool, Surface) {
    let wants_activity = rule == Rule::Negotiated && surface::wants_activity(headers);
    (wants_activity, rule.surface(method, wants_activity))
}

/// A response that goes on for as long as somebody listens. Its end is no failure, however it comes.
#[derive(Debug)]
pub(crate) struct Stream {
    meters: Arc<Meters>,
    route: Place,
    kind: Kind,
    begun: Instant,
}

impl Stream {
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
        if let Some(declared) = self.meters.declared() {
            declared
                .stream_duration(self.kind)
                .record(self.begun.elapsed().as_secs_f64());
        }
    }
}
