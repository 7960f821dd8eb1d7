//! Pools of every make, on real databases, when there are no connections left: who waits shows, and goes away.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

mod exhausted;
mod judged;
mod postgres;
mod sqlite;
