//! Loads of all kinds: which gauge moves, and which does not.
//!
//! What is measured is the process's and the machine's. So there is one load at a time, and others use the machine
//! meanwhile: what is compared are movements with each other.

#![cfg(all(target_os = "linux", feature = "tokio"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod blocking;
mod cpu;
mod descriptors;
mod disk;
mod memory;
mod server;
