//! What becomes of a request that a server makes, over real sockets and through real clients.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod allocations;
mod bounded;
mod clients;
mod failed;
mod heard;
mod installed_later;
mod neighbour;
mod purposes;
mod seen;
mod unfinished;
