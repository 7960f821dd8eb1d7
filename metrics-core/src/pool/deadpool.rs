//! Pools of deadpool 0.13.

use deadpool::managed::{Manager, Object, Pool, PoolError};

use super::acquired::Acquired;
use super::connections::{Connections, Counts};

impl<M, W> Connections for Pool<M, W>
where
    M: Manager<Type: Send> + Send + Sync,
    W: From<Object<M>> + Send + Sync,
{
    fn counts(&self) -> Counts {
        let status = self.status();
        Counts {
            idle: status.available as u64,
            used: status.size.saturating_sub(status.available) as u64,
            max: Some(status.max_size as u64),
        }
    }
}

impl<T, E> Acquired for Result<T, PoolError<E>> {
    fn has_timed_out(&self) -> bool {
        matches!(self, Err(PoolError::Timeout(_)))
    }
}
