//! Exchange: one request, from its head to the last byte of its response. Recorded exactly once.

use std::sync::Arc;

use fedimetrics_core::Name;
use fedimetrics_core::handles::Place;
use fedimetrics_core::scope::Scope;
use http::{HeaderMap, response};

use crate::asked::Asked;
use crate::extras::Extras;
use crate::grpc;
use crate::labels::{Kind, Outcome, Status};
use crate::meters::{Exit, Meters};
use crate::method::Method;
use crate::opening::Opening;
use crate::shards::Shards;
use crate::stream::Stream;
use crate::surface::Surface;
use crate::timeout;
use fedimetrics_core::clock::Moment;

/// One request that is being measured. Whatever becomes of it, it is recorded once: dropping it is the failure path.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) meters: Arc<Meters>,
    pub(crate) begun: Moment,
    sent: u64,
    /// None where no setting asks for more.
    pub(crate) extras: Option<Arc<Extras>>,
    /// What the host's code runs in.
    pub(crate) scope: Scope,
    route: Place,
    /// The name of that route, unless none is known.
    name: Option<Name>,
    status: Option<Status>,
    /// What a gRPC response says of itself.
    said: Option<Outcome>,
    method: Method,
    /// Where the gauge of active requests was raised, and will be lowered.
    entered: Surface,
    surface: Surface,
    wants_activity: bool,
    /// The value of the host's own label.
    label: u8,
    ended: bool,
}

impl Exchange {
    /// Opens an exchange. `None` while no recorder is installed, and where the host does not want it.
    #[inline]
    pub(crate) fn open(shards: &Arc<Shards>, asked: Asked<'_>) -> Option<Self> {
        let meters = shards.mine();
        let declared = meters.declared()?;
        let begun = meters.clock.now();
        let opening = Opening::of(meters, asked)?;
        declared.on(opening.surface).active.increment(1.0);
        Some(Self {
            meters: meters.clone(),
            begun,
            sent: 0,
            extras: None,
            scope: Scope::request(opening.name).of_layer(meters.layer),
            route: opening.route,
            name: opening.name,
            status: None,
            said: None,
            method: opening.method,
            entered: opening.surface,
            surface: opening.surface,
            wants_activity: opening.wants_activity,
            label: 0,
            ended: false,
        })
    }

    /// Takes the route that somebody within has published.
    #[inline]
    fn locate(&mut self) {
        if self.scope.route() != self.name {
            self.relocate();
        }
    }

    #[cold]
    fn relocate(&mut self) {
        let Some(published) = self.scope.route() else {
            return;
        };
        self.name = Some(published);
        self.route = self.meters.place(published.as_str());
        let Some(route) = self.meters.route(self.route) else {
            return;
        };
        if let Some(surface) = Surface::of_mark(self.scope.mark()) {
            self.surface = surface;
        } else if self.meters.settings.surface.is_none() {
            self.surface = route.value().rule.surface(self.method, self.wants_activity);
        }
    }

    /// The host's code is entered.
    #[inline]
    pub(crate) fn enter(&self) {
        if let Some(extras) = &self.extras {
            extras.enter(&self.meters.clock);
        }
    }

    /// The host's code was left.
    #[inline]
    pub(crate) fn leave(&self) {
        if let Some(extras) = &self.extras {
            extras.leave(&self.meters.clock);
        }
    }

    /// The head of the response is there, at this moment.
    #[inline(always)]
    pub(crate) fn head(&mut self, parts: &response::Parts) -> (Status, Moment) {
        let status = Status::of(parts.status);
        self.locate();
        let meters = &*self.meters;
        let now = meters.clock.now();
        self.status = Some(status);
        if meters.settings.grpc {
            self.said = grpc::outcome(&parts.headers);
        }
        if let Some(label) = &meters.settings.label {
            self.label = label.place(parts);
        }
        let begun = match &self.extras {
            Some(extras) => extras
                .upload
                .as_ref()
                .map_or(self.begun, |upload| upload.last()),
            None => self.begun,
        };
        let seconds = meters.clock.seconds(begun, now);
        if let Some(declared) = meters.resolved() {
            declared.on(self.surface).time_to_first_byte.record(seconds);
        }
        if let Some(route) = meters.route(self.route) {
            route.value().handler_seconds.increment(seconds);
        }
        (status, now)
    }

    pub(crate) const fn method(&self) -> Method {
        self.method
    }

    /// That many bytes of the body were handed over; how many there have been.
    pub(crate) const fn sent(&mut self, bytes: u64) -> u64 {
        self.sent = self.sent.saturating_add(bytes);
        self.sent
    }

    /// What is behind the body was handed over.
    pub(crate) fn trailers(&mut self, trailers: &HeaderMap) {
        if self.meters.settings.grpc {
            self.said = grpc::outcome(trailers).or(self.said);
        }
    }

    /// The response was sent whole.
    #[inline]
    pub(crate) fn complete(&mut self) {
        let now = self.meters.clock.now();
        self.record_whole(now);
    }

    /// The head was all there is.
    pub(crate) fn complete_at_head(&mut self, head: Moment) {
        self.record_whole(head);
    }

    /// The head was all that latency is about.
    pub(crate) fn leave_at_head(&mut self, head: Moment) {
        self.record_apart(self.outcome(), head);
    }

    /// Ended at the head, and lives on as a stream.
    pub(crate) fn into_stream(mut self, kind: Kind, head: Moment) -> Stream {
        let stream = Stream::open(self.meters.clone(), self.route, kind, head);
        self.leave_at_head(head);
        stream
    }

    /// It ended in another way.
    pub(crate) fn fail(&mut self, outcome: Outcome) {
        let now = self.meters.clock.now();
        self.record_apart(outcome, now);
    }

    /// It shall not be measured after all.
    pub(crate) fn withdraw(&mut self) {
        self.ended = true;
        if let Some(declared) = self.meters.resolved() {
            declared.on(self.entered).active.decrement(1.0);
        }
    }

    fn outcome(&self) -> Outcome {
        match self.status.map(Outcome::of) {
            Some(Outcome::Ok) => self.said.unwrap_or(Outcome::Ok),
            Some(outcome) => outcome,
            None => Outcome::Cancelled,
        }
    }

    #[inline(never)]
    fn record_whole(&mut self, now: Moment) {
        if self.meters.settings.sizes {
            self.meters.response_size(self.route, self.sent);
        }
        self.record(self.outcome(), now);
    }

    /// Where it ends otherwise, a call more does not matter.
    #[inline(never)]
    fn record_apart(&mut self, outcome: Outcome, now: Moment) {
        self.record(outcome, now);
    }

    #[inline(always)]
    fn record(&mut self, outcome: Outcome, now: Moment) {
        self.ended = true;
        if self.status.is_none() {
            self.locate();
        }
        let meters = &*self.meters;
        let seconds = meters.clock.seconds(self.begun, now);
        if let Some(declared) = meters.resolved() {
            declared.on(self.entered).active.decrement(1.0);
            declared.on(self.surface).outcome(outcome).increment(1);
        }
        if let Some(route) = meters.route(self.route) {
            let exit = Exit {
                status: self.status,
                outcome,
                label: self.label,
            };
            meters.ended(route, self.method, self.surface, exit, seconds);
            if self.status.is_none() {
                route.value().handler_seconds.increment(seconds);
            }
            if self.sent > 0 {
                route.value().response_bytes.increment(self.sent);
            }
            if let Some(extras) = &self.extras {
                meters.extras(route, extras);
            }
        }
    }
}

impl Drop for Exchange {
    #[inline]
    fn drop(&mut self) {
        if !self.ended {
            self.dropped();
        }
    }
}

impl Exchange {
    #[cold]
    fn dropped(&mut self) {
        let outcome = match self.status {
            Some(_) => Outcome::Aborted,
            None if timeout::is_marked() => Outcome::Timeout,
            None => Outcome::Cancelled,
        };
        let now = self.meters.clock.now();
        self.record_apart(outcome, now);
    }
}
