//! Pools of bb8 0.9.

use bb8::{ManageConnection, Pool, RunError};

use super::acquired::Acquired;
use super::connections::{Connections, Counts};

impl<M: ManageConnection> Connections for Pool<M> {
    fn counts(&self) -> Counts {
        let state = self.state();
        Counts {
            idle: state.idle_connections.into(),
            used: state
                .connections
                .saturating_sub(state.idle_connections)
                .into(),
            // It keeps that to itself: `Pool::with_max`.
            max: None,
        }
    }
}

impl<T, E> Acquired for Result<T, RunError<E>> {
    fn has_timed_out(&self) -> bool {
        matches!(self, Err(RunError::TimedOut))
    }
}
