//! Meters: the handles that one layer has resolved for one shard of threads. A request finds all of its own here.

use std::sync::{Arc, OnceLock};

use fedimetrics_core::handles::{Entry, Handles, Place};
use fedimetrics_core::{Sink, is_noop};
use metrics::{Counter, Gauge, Histogram};

use crate::catalogue::{
    ACTIVE, HANDLER_SECONDS, OUTCOMES, REQUESTS, RESPONSE_BYTES, STREAM_DURATION, STREAMS,
    TIME_TO_FIRST_BYTE,
};
use crate::extras::Extras;
use crate::labels::{Kind, Outcome, Status};
use crate::method::{self, Method};
use crate::opted::Opted;
use crate::route::UNMATCHED;
use crate::settings::Settings;
use crate::surface::{Rule, Surface};
use fedimetrics_core::clock::Clock;

/// The handles that one layer has resolved for one shard of threads.
#[derive(Debug)]
pub(crate) struct Meters {
    pub(crate) clock: Clock,
    pub(crate) settings: Settings,
    /// The layer's number, for those within.
    pub(crate) layer: u8,
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
    opted: OnceLock<Box<Opted>>,
    exits: [OnceLock<Box<Exits>>; method::CAP * Surface::ALL.len()],
}

/// What requests of one route, method and surface need at their end. A route has a few statuses; one that has more pays
/// lookups in the recorder for the rest.
type Exits = [OnceLock<(Key, Ending)>; 12];

/// What one way to end needs.
#[derive(Debug)]
struct Ending {
    requests: Counter,
    duration: Histogram,
}

/// How a request ended: the last labels of its counter, in a number that is compared at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key(u32);

/// How a request ended: the last labels of its counter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exit {
    pub(crate) status: Option<Status>,
    pub(crate) outcome: Outcome,
    /// The number of the value of the host's own label.
    pub(crate) label: u8,
}

impl Exit {
    #[inline]
    fn key(self) -> Key {
        let status = self.status.map_or(0, Status::number);
        Key(u32::from(status) | (self.outcome as u32) << 16 | u32::from(self.label) << 24)
    }
}

impl Meters {
    pub(crate) fn new(
        sink: Sink,
        clock: Clock,
        settings: Settings,
        routes: &Arc<Handles<()>>,
        layer: u8,
    ) -> Self {
        Self {
            clock,
            layer,
            sink,
            declared: OnceLock::new(),
            routes: Handles::sharing(routes),
            settings,
            unmatched: OnceLock::new(),
        }
    }

    /// What exists from the start; `None` while no recorder is installed. A handle that does nothing is never kept.
    #[inline]
    pub(crate) fn declared(&self) -> Option<&Declared> {
        self.declared.get().or_else(|| self.declare())
    }

    /// The same of what is under way, which has been declared.
    #[inline]
    pub(crate) fn resolved(&self) -> Option<&Declared> {
        self.declared.get()
    }

    pub(crate) const fn sink(&self) -> &Sink {
        &self.sink
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
    #[inline(always)]
    pub(crate) fn ended(
        &self,
        route: &Entry<Box<Route>>,
        method: Method,
        surface: Surface,
        exit: Exit,
        seconds: f64,
    ) {
        let key = exit.key();
        let place = method.index() * Surface::ALL.len() + surface.index();
        if let Some(exits) = route.value().exits.get(place).and_then(OnceLock::get) {
            for seen in exits.iter() {
                match seen.get() {
                    Some((known, ending)) if *known == key => return ending.record(seconds),
                    Some(_) => {}
                    None => break,
                }
            }
        }
        self.ended_anew(route, method, surface, exit, seconds);
    }

    /// The same, where nothing has ended in this way before.
    #[cold]
    fn ended_anew(
        &self,
        route: &Entry<Box<Route>>,
        method: Method,
        surface: Surface,
        exit: Exit,
        seconds: f64,
    ) {
        let place = method.index() * Surface::ALL.len() + surface.index();
        let resolve = || self.ending(method, route.text(), surface, exit);
        let exits = route.value().exits.get(place);
        for seen in exits
            .into_iter()
            .flat_map(|exits| exits.get_or_init(Box::default).iter())
        {
            let (known, ending) = seen.get_or_init(|| (exit.key(), resolve()));
            if *known == exit.key() {
                return ending.record(seconds);
            }
        }
        resolve().record(seconds);
    }

    /// Counts what the settings ask for beside.
    #[cold]
    pub(crate) fn extras(&self, route: &Entry<Box<Route>>, extras: &Extras) {
        self.opted(route).record(self, route.text(), extras);
    }

    /// Counts the size of a response that was sent whole.
    #[cold]
    pub(crate) fn response_size(&self, route: Place, bytes: u64) {
        if let Some(route) = self.route(route) {
            self.opted(route)
                .response_size(&self.sink, route.text(), bytes);
        }
    }

    fn opted<'a>(&self, route: &'a Entry<Box<Route>>) -> &'a Opted {
        route.value().opted.get_or_init(Box::default)
    }

    /// The gauge of a route's open streams.
    pub(crate) fn streams<'a>(&self, route: &'a Entry<Box<Route>>, kind: Kind) -> &'a Gauge {
        route.value().streams[kind.index()]
            .get_or_init(|| self.sink.gauge(&STREAMS, &[route.text(), kind.as_str()]))
    }

    fn ending(&self, method: Method, route: &str, surface: Surface, exit: Exit) -> Ending {
        match exit.status {
            Some(status) => {
                status.with(|status| self.ending_with(method, route, surface, exit, status))
            }
            None => self.ending_with(method, route, surface, exit, ""),
        }
    }

    fn ending_with(
        &self,
        method: Method,
        route: &str,
        surface: Surface,
        exit: Exit,
        status: &str,
    ) -> Ending {
        let Settings { methods, label, .. } = &self.settings;
        let (method, surface) = (methods.word(method), surface.as_str());
        let error_type = exit.outcome.error_type(Some(status));
        let mut labels = vec![method, route, status, error_type, surface];
        let duration = match self.settings.semconv {
            true => self.sink.histogram(self.settings.duration(), &labels),
            false => self
                .sink
                .histogram(self.settings.duration(), &[method, route, surface]),
        };
        labels.extend(label.as_ref().map(|own| own.label.word(exit.label)));
        Ending {
            requests: self.sink.counter(self.settings.requests(), &labels),
            duration,
        }
    }
}

impl Ending {
    #[inline]
    fn record(&self, seconds: f64) {
        self.duration.record(seconds);
        self.requests.increment(1);
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
            opted: OnceLock::new(),
            exits: [const { OnceLock::new() }; method::CAP * Surface::ALL.len()],
        }
    }
}
