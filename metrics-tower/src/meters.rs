//! Meters: the handles that one layer has resolved. A request finds all of its own here.

use std::sync::OnceLock;

use fedimetrics_core::handles::{Entry, Handles, Place};
use fedimetrics_core::{Sink, is_noop};
use metrics::{Counter, Gauge, Histogram};

use crate::catalogue::{
    ACTIVE, DURATION, HANDLER_SECONDS, OUTCOMES, REQUESTS, RESPONSE_BYTES, STREAM_DURATION,
    STREAMS, TIME_TO_FIRST_BYTE,
};
use crate::clock::Clock;
use crate::labels::{Kind, Method, Outcome, Status};
use crate::route::UNMATCHED;
use crate::surface::{Rule, Surface};

/// Routes that a layer keeps apart; more share `_other`.
const ROUTES: usize = 512;

/// The handles that one layer has resolved.
#[derive(Debug)]
pub(crate) struct Meters {
    pub(crate) clock: Clock,
    sink: Sink,
    declared: OnceLock<Declared>,
    routes: Handles<Box<Route>>,
    unmatched: OnceLock<Place>,
}

/// What exists from the start.
#[derive(Debug)]
pub(crate) struct Declared {
    surfaces: [OnSurface; Surface::ALL.len()],
    stream_duration: [Histogram; Kind::WORDS.len()],
}

/// One surface's handles.
#[derive(Debug)]
pub(crate) struct OnSurface {
    pub(crate) active: Gauge,
    pub(crate) time_to_first_byte: Histogram,
    outcomes: [Counter; Outcome::WORDS.len()],
}

impl OnSurface {
    pub(crate) fn outcome(&self, outcome: Outcome) -> &Counter {
        &self.outcomes[outcome.index()]
    }
}

/// One route's handles, as far as they were needed.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) rule: Rule,
    pub(crate) handler_seconds: Gauge,
    pub(crate) response_bytes: Counter,
    streams: [OnceLock<Gauge>; Kind::WORDS.len()],
    exits: [OnceLock<Box<Exits>>; Method::WORDS.len() * Surface::ALL.len()],
}

/// What requests of one route, method and surface need at their end.
#[derive(Debug)]
struct Exits {
    duration: Histogram,
    /// A route has a few statuses. One that has more pays a lookup in the recorder for the rest.
    requests: [OnceLock<(Exit, Counter)>; 12],
}

/// How a request ended: the last labels of its counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exit {
    pub(crate) status: Option<Status>,
    pub(crate) outcome: Outcome,
}

impl Meters {
    pub(crate) fn new(sink: Sink) -> Self {
        Self {
            clock: Clock::new(),
            sink,
            declared: OnceLock::new(),
            routes: Handles::new(ROUTES),
            unmatched: OnceLock::new(),
        }
    }

    /// What exists from the start; `None` while no recorder is installed. A handle that does nothing is never kept.
    #[inline]
    pub(crate) fn declared(&self) -> Option<&Declared> {
        self.declared.get().or_else(|| self.declare())
    }

    #[cold]
    fn declare(&self) -> Option<&Declared> {
        if is_noop(&self.sink.gauge(&ACTIVE, &[Surface::Web.as_str()])) {
            return None;
        }
        Some(self.declared.get_or_init(|| Declared::resolve(&self.sink)))
    }

    /// The place of a route by its template.
    pub(crate) fn place(&self, template: &str) -> Place {
        self.routes.place(
            template,
            |name| Box::new(Route::resolve(&self.sink, name)),
            || self.sink.overflowed(&REQUESTS),
        )
    }

    /// The place of all that no route matched.
    pub(crate) fn unmatched(&self) -> Place {
        *self.unmatched.get_or_init(|| self.place(UNMATCHED))
    }

    pub(crate) fn route(&self, place: Place) -> Option<&Entry<Box<Route>>> {
        self.routes.at(place)
    }

    /// Counts one request that ended.
    pub(crate) fn ended(
        &self,
        route: &Entry<Box<Route>>,
        method: Method,
        surface: Surface,
        exit: Exit,
        seconds: f64,
    ) {
        let place = method.index() * Surface::ALL.len() + surface.index();
        let Some(exits) = route.value().exits.get(place) else {
            return;
        };
        let exits = exits.get_or_init(|| {
            let labels = [method.as_str(), route.text(), surface.as_str()];
            Box::new(Exits {
                duration: self.sink.histogram(&DURATION, &labels),
                requests: Default::default(),
            })
        });
        exits.duration.record(seconds);
        let resolve = || self.requests(method, route.text(), exit, surface);
        for seen in &exits.requests {
            let (known, counter) = seen.get_or_init(|| (exit, resolve()));
            if *known == exit {
                counter.increment(1);
                return;
            }
        }
        resolve().increment(1);
    }

    /// The gauge of a route's open streams.
    pub(crate) fn streams<'a>(&self, route: &'a Entry<Box<Route>>, kind: Kind) -> &'a Gauge {
        route.value().streams[kind.index()]
            .get_or_init(|| self.sink.gauge(&STREAMS, &[route.text(), kind.as_str()]))
    }

    fn requests(&self, method: Method, route: &str, exit: Exit, surface: Surface) -> Counter {
        let resolve = |status: &str| {
            let error_type = exit.outcome.error_type(Some(status));
            self.sink.counter(
                &REQUESTS,
                &[method.as_str(), route, status, error_type, surface.as_str()],
            )
        };
        match exit.status {
            Some(status) => status.with(resolve),
            None => resolve(""),
        }
    }
}

impl Declared {
    pub(crate) fn resolve(sink: &Sink) -> Self {
        Self {
            surfaces: Surface::ALL.map(|surface| OnSurface {
                active: sink.gauge(&ACTIVE, &[surface.as_str()]),
                time_to_first_byte: sink.histogram(&TIME_TO_FIRST_BYTE, &[surface.as_str()]),
                outcomes: std::array::from_fn(|place| {
                    sink.counter(&OUTCOMES, &[surface.as_str(), Outcome::WORDS[place]])
                }),
            }),
            stream_duration: std::array::from_fn(|place| {
                sink.histogram(&STREAM_DURATION, &[Kind::WORDS[place]])
            }),
        }
    }

    pub(crate) fn on(&self, surface: Surface) -> &OnSurface {
        &self.surfaces[surface.index()]
    }

    pub(crate) fn stream_duration(&self, kind: Kind) -> &Histogram {
        &self.stream_duration[kind.index()]
    }
}

impl Route {
    fn resolve(sink: &Sink, template: &str) -> Self {
        Self {
            rule: Rule::of(template),
            handler_seconds: sink.gauge(&HANDLER_SECONDS, &[template]),
            response_bytes: sink.counter(&RESPONSE_BYTES, &[template]),
            streams: Default::default(),
            exits: [const { OnceLock::new() }; Method::WORDS.len() * Surface::ALL.len()],
        }
    }
}
