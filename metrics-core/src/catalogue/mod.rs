//! Core's own metrics, as they will be read.

mod exporter;
mod process;
mod service;
mod tokio;

pub(crate) use exporter::*;
pub(crate) use process::*;
pub(crate) use service::*;
pub(crate) use tokio::*;

use crate::metric::Metric;

/// The roles that a process of a server can have.
pub(crate) const ROLES: &[&str] = &["web", "worker", "all"];

/// What a scrape can be answered with.
pub(crate) const CODES: &[&str] = &["200", "401", "403", "404", "405", "503"];

/// What can become of a push.
pub(crate) const PUSHED: &[&str] = &["ok", "failed", "refused"];

/// Why lines of foreign text are left out.
pub(crate) const LEFT_OUT: &[&str; 4] = &["taken", "malformed", "duplicate", "cap"];

/// Every metric of this crate.
pub static ALL: &[&Metric] = &[
    &SERIES,
    &OVERFLOW,
    &FOREIGN_LEFT_OUT,
    &COLLECTOR_SUCCESS,
    &COLLECTOR_DURATION,
    &SCRAPES,
    &SCRAPE_DURATION,
    &PUSHES,
    &CPU,
    &RESIDENT,
    &VIRTUAL,
    &START_TIME,
    &OPEN_FDS,
    &MAX_FDS,
    &THREADS,
    &TOKIO_WORKERS,
    &TOKIO_TASKS,
    &TOKIO_QUEUE,
    &TOKIO_BUSY,
    &TOKIO_PARKS,
    &BUILD_INFO,
];
