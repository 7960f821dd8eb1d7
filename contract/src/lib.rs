//! What the crates promise together, and who judges it: a document that is generated, a scrape that is compared with the
//! constants, promtool, a real Prometheus, and what administrators run beside it.

#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::panic,
    reason = "all of this is test code: whatever goes wrong ends the test, and says what it was"
)]

pub mod catalogue;
pub mod dashboards;
pub mod document;
mod exposition;
mod guide;
mod patience;
mod prometheus;
pub mod promql;
mod promtool;
mod pushgateway;
mod python;
mod query;
pub mod rules;
mod served;
mod server;
mod victoria_metrics;

pub use exposition::Exposition;
pub use guide::{Block, blocks, snippet, text};
pub use patience::eventually;
pub use prometheus::{Agent, Prometheus, Target};
pub use promtool::{lints, parse_error};
pub use pushgateway::Pushgateway;
pub use python::python_error;
pub use query::Point;
pub use served::Served;
pub use victoria_metrics::VictoriaMetrics;

/// The README's quick start, run as it stands.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
#[derive(Debug)]
pub struct Readme;

/// The guide for several processes, machines and batch jobs, compiled and as far as possible run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/scaling.md")]
#[derive(Debug)]
pub struct Scaling;

/// The developers' guide, run as it stands.
#[cfg(doctest)]
#[doc = include_str!("../../docs/embedding.md")]
#[derive(Debug)]
pub struct Embedding;

/// What is told of reasons, run as it stands.
#[cfg(doctest)]
#[doc = include_str!("../../docs/reasons.md")]
#[derive(Debug)]
pub struct Reasons;

/// The guide to where time goes within a request or a job, run as it stands.
#[cfg(doctest)]
#[doc = include_str!("../../docs/stages-and-pools.md")]
#[derive(Debug)]
pub struct StagesAndPools;
