//! What does a series weigh, in memory and on the wire, and how many of them does a server have?

#![allow(clippy::print_stderr, reason = "a bench says what it found")]

use std::io::Write;
use std::process::ExitCode;

use fedimetrics_benches::{Bench, Row, Scale, held};
use fedimetrics_core::testing::{Sample, Scrape};
use fedimetrics_core::{Caps, Exporter, Kind as Of, Label, Metric, Values};
use flate2::Compression;
use flate2::write::GzEncoder;
use metrics::{counter, gauge, histogram, with_local_recorder};

fn main() -> ExitCode {
    Bench::default()
        .reading("1k-counters/memory", |scale| {
            held_by(scale, Kind::Counter, 1_000)
        })
        .reading("1k-gauges/memory", |scale| {
            held_by(scale, Kind::Gauge, 1_000)
        })
        .reading("1k-histograms/memory", |scale| {
            held_by(scale, Kind::Histogram, 1_000)
        })
        .reading("50k-counters/memory", |scale| {
            held_by(scale, Kind::Counter, 50_000)
        })
        .reading("50k-gauges/memory", |scale| {
            held_by(scale, Kind::Gauge, 50_000)
        })
        .reading("50k-histograms/memory", |scale| {
            held_by(scale, Kind::Histogram, 50_000)
        })
        .reading("1m-counters/memory", |scale| {
            held_by(scale, Kind::Counter, 1_000_000)
        })
        .reading("1m-gauges/memory", |scale| {
            held_by(scale, Kind::Gauge, 1_000_000)
        })
        .reading("1m-histograms/memory", |scale| {
            held_by(scale, Kind::Histogram, 1_000_000)
        })
        .reading("50k-counters/text", |scale| {
            sent(scale, Kind::Counter, 50_000, false)
        })
        .reading("50k-counters/gzip", |scale| {
            sent(scale, Kind::Counter, 50_000, true)
        })
        .reading("50k-histograms/text", |scale| {
            sent(scale, Kind::Histogram, 50_000, false)
        })
        .reading("50k-histograms/gzip", |scale| {
            sent(scale, Kind::Histogram, 50_000, true)
        })
        .reading("1m-counters/text", |scale| {
            sent(scale, Kind::Counter, 1_000_000, false)
        })
        .reading("1m-counters/gzip", |scale| {
            sent(scale, Kind::Counter, 1_000_000, true)
        })
        .reading("1k-server/memory", |scale| {
            server(scale, Server::new(16, 2))
        })
        .reading("50k-server/memory", |scale| {
            server(scale, Server::new(800, 100))
        })
        .reading("1m-server/memory", |scale| {
            server(scale, Server::new(17_500, 1_000))
        })
        .main()
}

/// A server, by what its number of series depends on.
#[derive(Clone, Copy)]
struct Server {
    routes: u64,
    /// That each route is asked with.
    methods: u64,
    /// That each method is answered with.
    statuses: u64,
    queues: u64,
    workers: u64,
}

impl Server {
    const fn new(routes: u64, workers: u64) -> Self {
        Self {
            routes,
            methods: 2,
            statuses: 5,
            queues: workers.div_ceil(4),
            workers,
        }
    }

    /// The README's formula, without what does not depend on the server.
    const fn lines(self) -> u64 {
        let Self {
            routes,
            methods,
            statuses,
            queues,
            workers,
        } = self;
        routes * (2 + methods * (21 + statuses)) + workers * 68 + queues * 11
    }

    /// The label sets that a metric has on it: none if it does not depend on it.
    fn label_sets(self, metric: &Metric) -> Vec<Vec<String>> {
        let keys: Vec<_> = metric.label_keys().iter().map(Label::key).collect();
        let has = |key| keys.contains(&key);
        let mut sets = vec![vec![]];
        for label in metric.label_keys() {
            let count = match label.key() {
                "http_route" => self.routes,
                "http_request_method" => self.methods,
                "http_response_status_code" => self.statuses,
                "worker" => self.workers,
                "queue" if !has("worker") => self.queues,
                // A route has one surface, a worker one queue, a status one type of error, a queue one purpose.
                "surface" | "queue" | "error_type" | "purpose" | "scope" | "probed" => 1,
                _ => match label.values() {
                    Values::Closed(values) => values.len() as u64,
                    Values::Open | Values::Named(_) => 1,
                },
            };
            let longer = |set: &Vec<String>| {
                let values = (0..count).map(|n| [&set[..], &[n.to_string()]].concat());
                values.collect::<Vec<_>>()
            };
            sets = sets.iter().flat_map(longer).collect();
        }
        let depends = has("http_route") || has("worker") || has("queue");
        if depends { sets } else { Vec::new() }
    }
}

/// Bytes of memory a line, of all metrics that every route, worker and queue of a server has.
fn server(scale: Scale, server: Server) -> Row {
    let server = match scale {
        Scale::Whole => server,
        Scale::Trial => Server::new(3, 2),
    };
    let exporter = exporter();
    let sink = exporter.sink();
    let empty = Scrape::of(&exporter);
    let bytes = held(|| {
        let all = fedimetrics_tower::catalogue::ALL.iter();
        for metric in all.chain(fedimetrics_jobs::catalogue::ALL) {
            if SELDOM.contains(&metric.name()) {
                continue;
            }
            for set in server.label_sets(metric) {
                let set: Vec<_> = set.iter().map(|value| &**value).collect();
                match metric.kind() {
                    Of::Counter => sink.counter(metric, &set).increment(1),
                    Of::Histogram => sink.histogram(metric, &set).record(0.1),
                    Of::Gauge | Of::FractionalCounter => sink.gauge(metric, &set).set(1.0),
                }
            }
        }
        drop(exporter.render());
    });
    let scrape = Scrape::of(&exporter);
    let own = |sample: &&Sample| !sample.name.starts_with("exporter_");
    let lines = scrape.samples().iter().filter(own).count() as u64;
    // Of an empty exporter there is only what it tells of itself, and that is none of the server's.
    assert!(!empty.samples().iter().any(|sample| own(&sample)));
    assert_eq!(lines, server.lines(), "the README's formula is out of date");
    eprintln!("{lines} lines");
    per_series(bytes, lines)
}

/// What only some routes, workers and queues have, and what is only there if a setting asks for it.
const SELDOM: &[&str] = &[
    "delivery_peers",
    "delivery_peer_lag_seconds",
    "http_server_busy_seconds_total",
    "http_server_queue_seconds_total",
    "http_server_request_body_bytes_total",
    "http_server_request_body_size_bytes",
    "http_server_response_body_size_bytes",
    "http_server_streams",
    "job_dropped_total",
    "job_failures_total",
    "job_interval_seconds",
    "job_time_limit_seconds",
];

#[derive(Clone, Copy)]
enum Kind {
    Counter,
    Gauge,
    Histogram,
}

/// Bytes of memory a series.
fn held_by(scale: Scale, kind: Kind, series: u64) -> Row {
    let series = scale.of(series);
    let exporter = exporter();
    let bytes = held(|| {
        fill(&exporter, kind, series);
        // A scrape puts them in order, which takes a copy of their places.
        drop(exporter.render());
    });
    per_series(bytes, series)
}

/// Bytes on the wire a series.
fn sent(scale: Scale, kind: Kind, series: u64, compressed: bool) -> Row {
    let series = scale.of(series);
    let exporter = exporter();
    fill(&exporter, kind, series);
    let text = exporter.render();
    if !compressed {
        return per_series(text.len() as u64, series);
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(1));
    let written = encoder.write_all(text.as_bytes());
    let body = written.and_then(|()| encoder.finish());
    per_series(body.map_or(0, |body| body.len() as u64), series)
}

fn per_series(bytes: u64, series: u64) -> Row {
    Row {
        bytes: Some(bytes as f64 / series as f64),
        ..Row::default()
    }
}

/// Each with the three labels of a request, as a recorder that knows nothing of them has to keep them.
fn fill(exporter: &Exporter, kind: Kind, series: u64) {
    with_local_recorder(&exporter.recorder(), || {
        for n in 0..series {
            let route = format!("/api/v1/route{}", n / 20);
            let method = ["GET", "POST", "PUT", "DELETE"][n as usize % 4];
            let status = ["200", "202", "401", "404", "500"][n as usize / 4 % 5];
            match kind {
                Kind::Counter => {
                    counter!("bench_requests_total", "method" => method, "route" => route, "status" => status)
                        .increment(n * 7);
                }
                Kind::Gauge => {
                    gauge!("bench_requests", "method" => method, "route" => route, "status" => status)
                        .set((n * 7) as f64);
                }
                Kind::Histogram => {
                    histogram!("bench_request_seconds", "method" => method, "route" => route, "status" => status)
                        .record((n % 100) as f64 / 10.0);
                }
            }
        }
    });
}

/// Its caps raised, to hold all of them.
fn exporter() -> Exporter {
    let caps = Caps {
        open_label: 10_000_000,
        foreign_series: 10_000_000,
        lines: 100_000_000,
        ..Caps::default()
    };
    Exporter::builder()
        .with_caps(caps)
        .build()
        .unwrap_or_else(|error| unreachable!("{error}"))
}
