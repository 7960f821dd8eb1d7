//! Connections: what can be read of a pool.

/// How many connections a pool has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Open, and waiting for somebody who needs one.
    pub idle: u64,
    /// Somebody has them.
    pub used: u64,
    /// How many it may open. `None` where the pool does not tell.
    pub max: Option<u64>,
}

/// A pool that tells how many connections it has: at once, and without a lock that is held for long.
///
/// Implemented for the pools of `sqlx` 0.9 (feature `sqlx-0-9`), `deadpool` 0.13 (`deadpool-0-13`) and `bb8` 0.9
/// (`bb8-0-9`), and for functions, for pools of other makes.
///
/// # Examples
///
/// ```
/// use fedimetrics_core::pool::{Connections, Counts};
///
/// let counts = || Counts { idle: 1, used: 4, max: Some(5) };
/// assert_eq!(counts.counts().used, 4);
/// ```
pub trait Connections: Send + Sync {
    /// How many there are now.
    fn counts(&self) -> Counts;
}

impl<F: Fn() -> Counts + Send + Sync> Connections for F {
    fn counts(&self) -> Counts {
        self()
    }
}
