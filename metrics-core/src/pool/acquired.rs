//! Acquired: what came of asking a pool for a connection.

/// What came of asking a pool for a connection: whether it ran out of time is all that is asked.
///
/// Implemented for the `Result`s of `sqlx` 0.9, `deadpool` 0.13 and `bb8` 0.9, behind their features. Of pools of other
/// makes, [`Pool::acquire_judging`](super::Pool::acquire_judging) is told.
pub trait Acquired {
    /// Whether the pool had no connection to give within its time limit.
    fn has_timed_out(&self) -> bool;
}
