//! The background-jobs hooks against the library itself and its tokio workers, on its storages in memory and on PostgreSQL.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

mod memory;
mod postgres;
mod work;
