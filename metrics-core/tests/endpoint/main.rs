//! The endpoint, seen from the other end of a socket, and polled by hand where a socket cannot show it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod access;
mod deadline;
#[cfg(target_os = "linux")]
mod exhausted;
mod listener;
mod negotiated;
mod over;
mod reports;
mod shared;
mod slow;
mod status;
mod support;
#[cfg(unix)]
mod unix;
