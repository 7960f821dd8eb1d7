//! The HTTP metrics, as they will be read.

use fedimetrics_core::{Appears, Label, Metric};

use crate::client::Purpose;
use crate::labels::{Kind, Outcome};
use crate::method::Method;
use crate::surface::Surface;

const METHOD: Label = Label::closed("http_request_method", Method::WORDS);
const ROUTE: Label = Label::open("http_route");
const STATUS: Label = Label::named(
    "http_response_status_code",
    "registered statuses, else the class, such as `4xx`",
);
const ERROR_TYPE: Label = Label::named(
    "error_type",
    "empty, a 5xx status, or the word of an outcome",
);
const SURFACE: Label = Label::closed("surface", Surface::WORDS);
const OUTCOME: Label = Label::closed("outcome", Outcome::WORDS);
const KIND: Label = Label::closed("kind", Kind::WORDS);
const PURPOSE: Label = Label::closed("purpose", Purpose::WORDS);
const WHY: Label = Label::named(
    "error_type",
    "empty below 400, `cancelled` where the caller dropped it, else a [reason](#reasons): a status above as `http_404`",
);
const SERVER: Label = Label::open("server_address");

/// Seconds: OpenTelemetry's bounds for `http.server.request.duration`, one millisecond and a half below for what is
/// answered from memory, and half a minute and a minute above for uploads over bad lines.
const SECONDS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
    30.0, 60.0,
];

/// Seconds: a stream lives from a page load to the days between two deploys.
const LIFETIMES: &[f64] = &[
    1.0, 5.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 14_400.0, 86_400.0,
];

/// Bytes: a like, a note, a page of a timeline, a picture, a video. Powers of four.
const SIZES: &[f64] = &[
    64.0,
    256.0,
    1024.0,
    4096.0,
    16_384.0,
    65_536.0,
    262_144.0,
    1_048_576.0,
    4_194_304.0,
    16_777_216.0,
    67_108_864.0,
];

/// Seconds: OpenTelemetry's bounds for `http.client.request.duration`, and half a minute and a minute above: the last
/// lies above the usual timeout, so that what was given up stays apart from what was slow.
const CLIENT_SECONDS: &[f64] = &[
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 30.0, 60.0,
];

/// Every metric of this crate.
pub static ALL: &[&Metric] = &[
    &OUTCOMES,
    &REQUESTS,
    &DURATION,
    &TIME_TO_FIRST_BYTE,
    &HANDLER_SECONDS,
    &ACTIVE,
    &RESPONSE_BYTES,
    &REQUEST_BYTES,
    &REQUEST_SIZE,
    &RESPONSE_SIZE,
    &STREAMS,
    &STREAM_DURATION,
    &QUEUE_SECONDS,
    &BUSY_SECONDS,
    &CLIENT_REQUESTS,
    &CLIENT_DURATION,
    &CLIENT_ACTIVE,
];

/// Those of them that are about requests which this server makes.
pub(crate) static CLIENT: &[&Metric] = &[&CLIENT_REQUESTS, &CLIENT_DURATION, &CLIENT_ACTIVE];

pub(crate) static OUTCOMES: Metric = Metric::counter(
    "http_server_outcomes_total",
    "Requests ended, by who they are for and how they ended. What alerts and objectives stand on.",
)
.labels(&[SURFACE, OUTCOME])
.sharded();

pub(crate) static REQUESTS: Metric =
    Metric::counter("http_server_requests_total", "Requests ended, exactly.")
        .labels(&[METHOD, ROUTE, STATUS, ERROR_TYPE, SURFACE])
        .sharded()
        .lazy();

/// The labels of [`REQUESTS`], and one more.
pub(crate) const fn requests_with(label: Label) -> [Label; 6] {
    [METHOD, ROUTE, STATUS, ERROR_TYPE, SURFACE, label]
}

pub(crate) static DURATION: Metric = Metric::histogram(
    "http_server_request_duration_seconds",
    "From the head of a request to the last byte of its response; streams and upgrades end at the response's head.",
    SECONDS,
)
.seconds()
.labels(&[METHOD, ROUTE, SURFACE])
.lazy();

/// The same as OpenTelemetry wants it. An exporter has one of the two: not in [`ALL`].
pub(crate) static DURATION_SEMCONV: Metric =
    DURATION.labels(&[METHOD, ROUTE, STATUS, ERROR_TYPE, SURFACE]);

pub(crate) static TIME_TO_FIRST_BYTE: Metric = Metric::histogram(
    "http_server_time_to_first_byte_seconds",
    "From the head of a request to the head of its response: the server's own share, and that of an upload's line. Where \
     request bodies are counted, from the last that was read of one: the server's own share alone.",
    SECONDS,
)
.seconds()
.labels(&[SURFACE]);

pub(crate) static HANDLER_SECONDS: Metric = Metric::fractional_counter(
    "http_server_handler_seconds_total",
    "Time to the first byte, summed, and the time of requests that never got there: top routes by processing time.",
)
.seconds()
.labels(&[ROUTE])
.sharded()
.lazy();

pub(crate) static ACTIVE: Metric = Metric::gauge(
    "http_server_active_requests",
    "Requests begun and not ended; streams and upgrades leave at the response's head.",
)
.labels(&[SURFACE])
.sharded();

pub(crate) static RESPONSE_BYTES: Metric = Metric::counter(
    "http_server_response_body_bytes_total",
    "Bytes of response bodies that were really handed over.",
)
.bytes()
.labels(&[ROUTE])
.sharded()
.lazy();

pub(crate) static REQUEST_BYTES: Metric = Metric::counter(
    "http_server_request_body_bytes_total",
    "Bytes of request bodies that the server really read.",
)
.bytes()
.labels(&[ROUTE])
.sharded()
.lazy()
.appears(Appears::When(
    "request bodies are counted (`with_request_bodies`)",
));

pub(crate) static REQUEST_SIZE: Metric = Metric::histogram(
    "http_server_request_body_size_bytes",
    "Sizes of request bodies, where they are known: they said so, or were read to their end.",
    SIZES,
)
.bytes()
.labels(&[ROUTE])
.lazy()
.appears(Appears::When(
    "sizes and request bodies are asked for (`with_body_sizes`, `with_request_bodies`)",
));

pub(crate) static RESPONSE_SIZE: Metric = Metric::histogram(
    "http_server_response_body_size_bytes",
    "Sizes of response bodies that were sent whole; streams and upgrades are left out.",
    SIZES,
)
.bytes()
.labels(&[ROUTE])
.lazy()
.appears(Appears::When("sizes are asked for (`with_body_sizes`)"));

pub(crate) static QUEUE_SECONDS: Metric = Metric::fractional_counter(
    "http_server_queue_seconds_total",
    "Time that requests waited for the service to be ready, before they were handed to it; no part of their duration.",
)
.seconds()
.labels(&[ROUTE])
.sharded()
.lazy()
.appears(Appears::When("it is asked for (`with_queue_time`)"));

pub(crate) static BUSY_SECONDS: Metric = Metric::fractional_counter(
    "http_server_busy_seconds_total",
    "Time that requests kept a thread busy, summed over the polls of their handlers and response bodies.",
)
.seconds()
.labels(&[ROUTE])
.sharded()
.lazy()
.appears(Appears::When("it is asked for (`with_busy_time`)"));

pub(crate) static STREAMS: Metric = Metric::gauge(
    "http_server_streams",
    "Streams and upgraded connections that are open.",
)
.labels(&[ROUTE, KIND])
.lazy();

pub(crate) static STREAM_DURATION: Metric = Metric::histogram(
    "http_server_stream_duration_seconds",
    "How long an ended stream or upgraded connection was open.",
    LIFETIMES,
)
.seconds()
.labels(&[KIND]);

pub(crate) static CLIENT_REQUESTS: Metric = Metric::counter(
    "http_client_requests_total",
    "Requests made of others that ended, one an attempt, by what for and why they failed. The server's address is empty \
     unless some are listed.",
)
.labels(&[PURPOSE, METHOD, STATUS, WHY, SERVER])
.lazy();

pub(crate) static CLIENT_DURATION: Metric = Metric::histogram(
    "http_client_request_duration_seconds",
    "From sending a request to the head of its response, or to the error or the cancellation that came instead; the \
     connection that had to be made is part of it, the response's body is not.",
    CLIENT_SECONDS,
)
.seconds()
.labels(&[PURPOSE]);

pub(crate) static CLIENT_ACTIVE: Metric = Metric::gauge(
    "http_client_active_requests",
    "Requests made of others that wait for the head of their response.",
)
.labels(&[PURPOSE]);
