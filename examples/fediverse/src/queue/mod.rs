//! The queues: what is in them, how it gets in, who works it off, and what happens when that fails.

pub mod backoff;
pub mod breaker;
pub mod depth;
pub mod enqueue;
pub mod failure;
pub mod job;
pub mod local;
pub mod run;
pub mod schedule;
pub mod worker;

pub use breaker::{Breaker, Offer, ShedReason};
pub use depth::Depth;
pub use enqueue::{EnqueueError, Queues};
pub use failure::JobError;
pub use job::{Job, Queue};
pub use local::Untold;
pub use run::Attempt;
