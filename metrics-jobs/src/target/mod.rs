//! The remote servers that deliveries go to: told apart, and never by a series each.

mod entry;
mod failing;
mod host;
mod lasting;
mod meters;
mod names;
mod report;
mod shard;
mod table;
#[cfg(test)]
mod tests;

pub use failing::FailingTarget;

pub(crate) use host::Host;
pub(crate) use meters::{TargetMeters, by_name};
pub(crate) use names::Names;
pub(crate) use report::json;
pub(crate) use table::Table;
