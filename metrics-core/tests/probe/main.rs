//! The probe, on runtimes that are really flooded, blocked and ended.

#![cfg(feature = "tokio")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod ends;
mod stalls;
mod support;
