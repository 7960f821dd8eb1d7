//! The apalis layers against apalis itself, on its real backends: every row of what was found out about it, with the
//! layer outside the retries, inside them, and both.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

mod backends;
mod elsewhere;
mod enqueue;
mod laws;
mod memory;
mod stack;
