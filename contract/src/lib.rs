//! What the crates promise together, and who judges it: a document that is generated, a scrape that is compared with the
//! constants, promtool, and a real Prometheus.

#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::panic,
    reason = "all of this is test code: whatever goes wrong ends the test, and says what it was"
)]

pub mod catalogue;
pub mod document;
mod exposition;
mod patience;
mod prometheus;
mod promtool;
mod query;

pub use exposition::Exposition;
pub use patience::eventually;
pub use prometheus::{Prometheus, Target};
pub use promtool::lints;
pub use query::Point;

/// The README's quick start, run as it stands.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
#[derive(Debug)]
pub struct Readme;
