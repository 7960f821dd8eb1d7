//! The harness: what something costs, beside the same thing without it.
//!
//! A bench lists its scenarios, each with its bare row first, and this measures them: time in short bursts that alternate
//! with the bare row's, allocations by a counting allocator, instructions by callgrind.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench prints what it found"
)]

mod allocator;
mod bench;
mod burst;
pub mod client;
mod cpu;
mod effort;
pub mod failed;
mod instructions;
pub mod job;
mod reading;
pub mod record;
pub mod request;
mod row;
mod scenario;
pub mod scrape;
pub mod socket;
mod table;

pub use allocator::held;
pub use bench::Bench;
pub use cpu::cpu_of_all;
pub use reading::Scale;
pub use row::Row;
pub use scenario::Scenario;
