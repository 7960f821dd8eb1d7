//! The demo server and all that watches it: Prometheus with our rules, Alertmanager and VictoriaMetrics, each on a port of
//! its own, all gone at the end.

mod config;
mod hurry;
pub mod options;
pub mod picture;
mod query;
mod stack;
mod watcher;

pub use hurry::Hurry;
pub use options::Options;
pub use picture::Window;
pub use query::Queries;
pub use stack::{Stack, show_metrics};
