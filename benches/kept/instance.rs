//! Instance: a server of some size, and everything that its exporter shows.

use std::collections::HashSet;

use fedimetrics_core::pool::Pool;
use fedimetrics_core::stage::Stages;
use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Caps, Exporter, Metric, Service, Sink};
use fedimetrics_jobs::{Inbound, Job, Purpose, Queue, Targets};
use fedimetrics_tower::{HttpClientMetricsLayer, HttpMetricsLayer};

/// A server, by what its number of series depends on.
#[derive(Clone, Copy)]
pub(crate) struct Instance {
    /// As the guide calls it.
    pub(crate) name: &'static str,
    pub(crate) routes: usize,
    pub(crate) queues: usize,
    pub(crate) workers: usize,
    /// Requests and jobs, each.
    pub(crate) a_minute: u32,
}

/// The guide's three.
pub(crate) const INSTANCES: [Instance; 3] = [
    Instance {
        name: "one user",
        routes: 40,
        queues: 8,
        workers: 12,
        a_minute: 10,
    },
    Instance {
        name: "1,000 users",
        routes: 100,
        queues: 15,
        workers: 30,
        a_minute: 600,
    },
    Instance {
        name: "100,000 users",
        routes: 300,
        queues: 25,
        workers: 60,
        a_minute: 20_000,
    },
];

const SURFACES: [&str; 4] = ["client_api", "web", "media", "inbox"];
const METHODS: [&str; 2] = ["GET", "POST"];
const STATUSES: [(&str, &str); 5] = [
    ("200", ""),
    ("202", ""),
    ("401", "http_401"),
    ("404", "http_404"),
    ("500", "http_500"),
];
const STAGES: [&str; 8] = [
    "verify_signature",
    "db_wait",
    "db_query",
    "db_decode",
    "fetch",
    "render",
    "store",
    "enqueue",
];
/// How many of them a route passes through, or a worker.
const STAGES_OF_ONE: usize = 3;
/// What goes wrong here and there.
const REASONS: [&str; 3] = ["timeout", "http_502", "nxdomain"];
const PURPOSES: [&str; 6] = ["deliver", "fetch", "key", "discovery", "media", "push"];

impl Instance {
    /// Its exporter, after everything has happened once.
    pub(crate) fn exporter(&self) -> Exporter {
        let caps = Caps {
            lines: 1_000_000,
            ..Caps::default()
        };
        let queue = |n: usize| -> &'static str { format!("queue_{}", n % self.queues).leak() };
        let (http, inbound, targets) = (HttpMetricsLayer::new(), Inbound::new(), Targets::new());
        let outgoing = HttpClientMetricsLayer::new(fedimetrics_tower::Purpose::Other);
        let database = Pool::new("main");
        let jobs: Vec<_> = (0..self.workers)
            .map(|n| {
                let worker = format!("worker_{n}").leak();
                // Two kinds of jobs deliver: a post, and what happens to an account.
                let new = if n < 2 { Job::delivery } else { Job::new };
                new(queue(n), worker)
            })
            .collect();
        let queues: Vec<_> = (0..self.queues)
            .map(|n| Queue::new(queue(n), Purpose::Other).concurrency(4))
            .collect();
        let mut builder = Exporter::builder()
            .with_caps(caps)
            .with_service(Service::new("fediverse", "1.0.0"))
            .with_runtime_gauges()
            .watch(&http)
            .watch(&outgoing)
            .watch(&inbound)
            .watch(&targets)
            .watch(&database);
        for job in &jobs {
            builder = builder.watch(job);
        }
        for queue in &queues {
            builder = builder.watch(queue);
        }
        let exporter = builder.build();
        let exporter = exporter.unwrap_or_else(|error| unreachable!("{error}"));
        self.happen(&exporter);
        exporter
    }

    /// The README has a formula, and what comes on top of it.
    pub(crate) fn is_as_the_readme_says(&self, lines: usize) {
        let formula = self.routes * (2 + METHODS.len() * (21 + STATUSES.len()))
            + self.workers * 68
            + self.queues * 11;
        let stages = 2 * STAGES_OF_ONE * (self.routes + self.workers);
        let failures = REASONS.len() * self.workers;
        let every_server_has = lines - formula - stages - failures;
        assert!(
            (1_050..1_250).contains(&every_server_has),
            "{every_server_has}"
        );
    }

    /// What is not declared.
    fn happen(&self, exporter: &Exporter) {
        let sink = exporter.sink();
        for n in 0..self.routes {
            let route = format!("/api/v1/thing_{n}/{{id}}");
            let surface = SURFACES[n % SURFACES.len()];
            for method in METHODS {
                once(
                    &sink,
                    "http_server_request_duration_seconds",
                    &[method, &route, surface],
                );
                for (status, kind) in STATUSES {
                    once(
                        &sink,
                        "http_server_requests_total",
                        &[method, &route, status, kind, surface],
                    );
                }
            }
            once(&sink, "http_server_handler_seconds_total", &[&route]);
            once(&sink, "http_server_response_body_bytes_total", &[&route]);
            for stage in &STAGES[..STAGES_OF_ONE] {
                once(&sink, "stage_seconds_total", &[&route, "", stage]);
                once(&sink, "stage_calls_total", &[&route, "", stage]);
            }
        }
        let stages = Stages::on(exporter);
        for stage in STAGES {
            let _ended = stages.begin(stage);
        }
        for n in 0..self.workers {
            let (queue, worker) = (format!("queue_{}", n % self.queues), format!("worker_{n}"));
            for reason in REASONS {
                once(
                    &sink,
                    "job_failures_total",
                    &[&queue, &worker, "exception", reason],
                );
            }
            for stage in &STAGES[1..=STAGES_OF_ONE] {
                once(&sink, "stage_seconds_total", &["", &worker, stage]);
                once(&sink, "stage_calls_total", &["", &worker, stage]);
            }
        }
        for n in 0..self.queues {
            let queue = format!("queue_{n}");
            for state in ["ready", "scheduled", "retrying", "running", "dead"] {
                once(&sink, "job_queue_depth", &[&queue, state]);
            }
            for read in [
                "job_queue_oldest_ready_age_seconds",
                "job_queue_probe_success",
                "job_queue_probe_duration_seconds",
                "job_queue_probe_last_success_timestamp_seconds",
            ] {
                once(&sink, read, &[&queue]);
            }
        }
        for purpose in PURPOSES {
            for (status, kind) in [
                ("200", ""),
                ("404", "http_404"),
                ("", "timeout"),
                ("", "nxdomain"),
            ] {
                once(
                    &sink,
                    "http_client_requests_total",
                    &[purpose, "GET", status, kind, ""],
                );
            }
        }
    }
}

/// Every metric there is.
pub(crate) fn catalogue() -> impl Iterator<Item = &'static Metric> {
    let all = fedimetrics_tower::catalogue::ALL.iter();
    all.chain(fedimetrics_jobs::catalogue::ALL)
        .chain(fedimetrics_core::catalogue::ALL)
        .copied()
}

fn once(sink: &Sink, name: &str, values: &[&str]) {
    let metric = catalogue().find(|metric| metric.name() == name);
    let metric = metric.unwrap_or_else(|| unreachable!("{name}"));
    assert_eq!(metric.label_keys().len(), values.len(), "{name}");
    crate::life::Handle::of(sink, metric, values).happens(metric, 1.0, 0.0);
}

/// How many lines a scrape of it has, each of another series.
pub(crate) fn lines(exporter: &Exporter) -> usize {
    let scrape = Scrape::of(exporter);
    let series: HashSet<_> = scrape
        .samples()
        .iter()
        .map(|sample| (&sample.name, &sample.labels))
        .collect();
    assert_eq!(series.len(), scrape.len(), "a series is there twice");
    scrape.len()
}
