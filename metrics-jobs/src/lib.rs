#![doc = include_str!("../README.md")]

pub mod adapter;
mod attempt;
mod by_reason;
pub mod catalogue;
mod delivery;
mod delivery_meters;
mod identity;
mod inside;
mod job;
mod labels;
mod ledger;
mod log;
mod measured;
mod meters;
mod prepared;
#[cfg(feature = "probe")]
mod probe;
mod queue;
mod readings;
mod run;
mod running;
mod source;

pub use attempt::Attempt;
pub use delivery::Delivery;
pub use fedimetrics_core::failure::{self, Failure};
pub use inside::Inside;
pub use job::Job;
pub use labels::{How, Outcome, Purpose, Share, State};
pub use measured::Measured;
pub use prepared::Prepared;
pub use queue::Queue;
pub use readings::Depth;
pub use run::Run;
