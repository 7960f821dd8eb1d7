//! Stages of requests and jobs.

use crate::label::Label;
use crate::metric::{Appears, Metric};

const WITHIN: &[Label] = &[
    Label::open("http_route"),
    Label::open("worker"),
    Label::open("stage"),
];
const PASSED: Appears =
    Appears::When("a stage is passed through within a request or a job (`stage`)");

/// From a lookup in a warm SQLite to a pool's longest usual timeout and beyond.
pub(super) const WAITS: &[f64] = &[
    0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0,
    5.0, 10.0, 30.0, 60.0,
];

pub(crate) static STAGE_DURATION: Metric = Metric::histogram(
    "stage_duration_seconds",
    "How long a stage of a request or of a job took, until it was over, was cancelled or panicked.",
    WAITS,
)
.labels(&[Label::open("stage")])
.seconds()
.appears(Appears::When("stages are watched (`Stages::global`)"));

pub(crate) static STAGE_SECONDS: Metric = Metric::fractional_counter(
    "stage_seconds_total",
    "Time spent in a stage, by the route or the worker that it was a part of; the other one is empty.",
)
.labels(WITHIN)
.seconds()
.lazy()
.appears(PASSED);

pub(crate) static STAGE_CALLS: Metric = Metric::counter(
    "stage_calls_total",
    "How often a stage was passed through, by the route or the worker that it was a part of; the other one is empty.",
)
.labels(WITHIN)
.lazy()
.appears(PASSED);
