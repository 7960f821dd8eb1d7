//! Reasons of real faults: each is made on loopback, and met through the libraries that servers send with.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test may, and one that cannot run here says so"
)]

mod answers;
mod certificates;
mod clients;
mod connecting;
mod http2;
mod names;
mod nameserver;
mod network;
mod peer;
mod statuses;
mod tls;
