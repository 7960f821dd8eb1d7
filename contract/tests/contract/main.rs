//! Promises that cross the crates, one module for each thing that is judged.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests end where something is not as it should be"
)]

mod demo;
mod document;
mod exporter;
mod exposition;
mod foreign;
mod host;
mod judges;
mod reasons;
mod swallowed;
