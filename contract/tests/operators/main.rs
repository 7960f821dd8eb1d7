//! What administrators get: dashboards, rules, alerts and the guide hold together, and ask for nothing that is not there.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests end where something is not as it should be"
)]

mod alerts;
mod boards;
mod exporters;
mod follow;
mod guide;
mod machine;
mod names;
mod units;
