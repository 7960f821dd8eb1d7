//! Pools of sqlx 0.9.

use sqlx_0_9::{Database, Error, Pool};

use super::acquired::Acquired;
use super::connections::{Connections, Counts};

impl<DB: Database> Connections for Pool<DB> {
    fn counts(&self) -> Counts {
        let idle = self.num_idle() as u64;
        Counts {
            idle,
            used: u64::from(self.size()).saturating_sub(idle),
            max: Some(self.options().get_max_connections().into()),
        }
    }
}

impl<T> Acquired for Result<T, Error> {
    fn has_timed_out(&self) -> bool {
        matches!(self, Err(Error::PoolTimedOut))
    }
}
