//! docs/scaling.md, run: several processes, an agent, and pushes, each with the real servers that it speaks of.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests end where something is not as it should be"
)]

mod agent;
mod file_sd;
mod process;
mod pushgateway;
mod victoria_metrics;
