//! What `job` and its peers' bench have in common: a task of apalis, driven without a worker, and the minimum.

mod drive;
mod minimum;

pub use drive::{Succeeds, drive};
pub use minimum::Minimum;
