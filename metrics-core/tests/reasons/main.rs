//! Reasons as a host meets them: words of its own, and what is said where there is none.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

mod unclassified;
mod words;
