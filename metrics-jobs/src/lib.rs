#![doc = include_str!("../README.md")]

pub mod adapter;
mod attempt;
mod by_reason;
pub mod catalogue;
mod delivery;
mod delivery_meters;
#[cfg(any(feature = "sqlx-0-9", feature = "redis-1"))]
pub mod depth;
mod identity;
mod inbound;
mod inside;
mod job;
mod labels;
mod ledger;
mod log;
mod measured;
mod meters;
mod peers;
mod prepared;
#[cfg(feature = "probe")]
mod probe;
mod queue;
mod readings;
mod run;
mod running;
mod source;
mod target;
mod targets;
mod timing;

pub use attempt::Attempt;
pub use delivery::Delivery;
pub use fedimetrics_core::failure::{self, Failure};
pub use inbound::Inbound;
pub use inside::Inside;
pub use job::Job;
pub use labels::{How, Outcome, PeerState, Purpose, Rejection, Share, Standing, State};
pub use measured::Measured;
pub use peers::{Peer, Peers};
pub use prepared::Prepared;
pub use queue::Queue;
pub use readings::Depth;
pub use run::Run;
pub use target::FailingTarget;
pub use targets::Targets;
