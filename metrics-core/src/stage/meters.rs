//! Meters: the handles of all stages of one recorder, resolved once.

use metrics::{Counter, Gauge, Histogram};

use super::places::{Places, pair};
use crate::catalogue::{STAGE_CALLS, STAGE_DURATION, STAGE_SECONDS};
use crate::handles::Handles;
use crate::name::Name;
use crate::scope::Place;
use crate::sink::Sink;

/// How many stages have a name of their own.
const STAGES: usize = 512;

/// What stands for the route of a request that no router knew, or that no router has seen yet.
const UNMATCHED: &str = "unmatched";

/// The handles of all stages of one recorder.
#[derive(Debug)]
pub(super) struct Meters {
    sink: Sink,
    stages: Handles<OfStage>,
    places: Places<OfPlace>,
}

#[derive(Debug)]
struct OfStage {
    number: Name,
    duration: Histogram,
}

/// A stage of one route or worker.
#[derive(Debug)]
struct OfPlace {
    seconds: Gauge,
    calls: Counter,
}

impl OfPlace {
    #[inline]
    fn record(&self, seconds: f64) {
        self.seconds.increment(seconds);
        self.calls.increment(1);
    }
}

impl Meters {
    pub(super) fn new(sink: Sink) -> Self {
        Self {
            sink,
            stages: Handles::new(STAGES),
            places: Places::new(),
        }
    }

    #[inline]
    pub(super) fn record(&self, name: &'static str, place: Place, seconds: f64) {
        let of_stage = |name: &str| OfStage {
            number: Name::new(name),
            duration: self.sink.histogram(&STAGE_DURATION, &[name]),
        };
        let overflowed = || self.sink.overflowed(&STAGE_DURATION);
        let known = self.stages.place(name, of_stage, overflowed);
        let Some(stage) = self.stages.at(known) else {
            return;
        };
        stage.value().duration.record(seconds);
        let of_place = || self.of_place(place, stage.text());
        match self
            .places
            .find(pair(place, stage.value().number), of_place)
        {
            Some(known) => known.record(seconds),
            None => self.of_place(place, stage.text()).record(seconds),
        }
    }

    #[cold]
    fn of_place(&self, place: Place, stage: &str) -> OfPlace {
        let [route, worker] = labels(place);
        OfPlace {
            seconds: self.sink.gauge(&STAGE_SECONDS, &[route, worker, stage]),
            calls: self.sink.counter(&STAGE_CALLS, &[route, worker, stage]),
        }
    }
}

/// The values of `http_route` and `worker`, one of which is empty.
pub(super) fn labels(place: Place) -> [&'static str; 2] {
    match place {
        Place::Nowhere => ["", ""],
        Place::Route(route) => [route.map_or(UNMATCHED, Name::as_str), ""],
        Place::Worker(worker) => ["", worker.as_str()],
    }
}
