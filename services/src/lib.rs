//! Databases that a test starts for itself: real ones, from Debian's packages, on ports and in folders of their own.

#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::panic,
    reason = "all of this is test code: whatever goes wrong ends the test, and says what it was"
)]

mod daemon;
mod postgres;
mod redis;

pub use daemon::{Daemon, Stopped, try_ports};
pub use postgres::Postgres;
pub use redis::Redis;
