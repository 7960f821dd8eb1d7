//! The whole vocabulary: every crate's catalogue, in rooms.

use fedimetrics_core::Metric;

/// One section of METRICS.md, one dashboard, one file of alerts.
#[derive(Clone, Debug)]
pub struct Room {
    /// Its name, the same everywhere.
    pub name: &'static str,
    /// What it is about.
    pub about: &'static str,
    /// The metrics that are in it.
    pub metrics: Vec<&'static Metric>,
}

/// All rooms, in the order in which they are read.
#[must_use]
pub fn rooms() -> Vec<Room> {
    let core = |own: bool| {
        let all = fedimetrics_core::catalogue::ALL.iter().copied();
        all.filter(move |metric| metric.name().starts_with("exporter_") == own)
    };
    let tower = |outgoing: bool| {
        let all = fedimetrics_tower::catalogue::ALL.iter().copied();
        all.filter(move |metric| metric.name().starts_with("http_client_") == outgoing)
    };
    vec![
        Room {
            name: "http",
            about: "What people and other servers ask of this one.",
            metrics: tower(false).collect(),
        },
        Room {
            name: "outgoing",
            about: "What this server asks of others.",
            metrics: tower(true).collect(),
        },
        Room {
            name: "jobs",
            about: "What became of every background job, and of every delivery.",
            metrics: fedimetrics_jobs::catalogue::ALL.to_vec(),
        },
        Room {
            name: "runtime",
            about: "The process, and what it runs on.",
            metrics: core(false).collect(),
        },
        Room {
            name: "exporter",
            about: "The exporter about itself.",
            metrics: core(true).collect(),
        },
    ]
}

/// Every metric of every room.
pub fn all() -> impl Iterator<Item = &'static Metric> {
    rooms().into_iter().flat_map(|room| room.metrics)
}
