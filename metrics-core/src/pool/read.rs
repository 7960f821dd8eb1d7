//! Read: the connections of one pool, at each scrape.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::connections::{Connections, Counts};
use crate::catalogue::{POOL_CONNECTIONS, POOL_MAX, POOL_STATES};
use crate::collect::{Collector, Samples};

/// The connections of one pool. Absent for as long as nobody has said which pool it is.
pub(super) struct Read {
    name: &'static str,
    max: Option<u64>,
    pool: Mutex<Option<Arc<dyn Connections>>>,
}

impl Read {
    pub(super) const fn new(name: &'static str, max: Option<u64>) -> Self {
        Self {
            name,
            max,
            pool: Mutex::new(None),
        }
    }

    pub(super) fn set(&self, pool: Arc<dyn Connections>) {
        *self.pool.lock().unwrap_or_else(PoisonError::into_inner) = Some(pool);
    }

    /// A pool that takes long, or panics, does so without the lock.
    fn counts(&self) -> Option<Counts> {
        let pool = self
            .pool
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        pool.map(|pool| pool.counts())
    }
}

impl Collector for Read {
    fn name(&self) -> &'static str {
        "pools"
    }

    fn collect(&self, samples: &mut Samples) {
        let Some(counts) = self.counts() else {
            return;
        };
        for (state, connections) in POOL_STATES.iter().zip([counts.idle, counts.used]) {
            samples.add(&POOL_CONNECTIONS, &[self.name, state], connections as f64);
        }
        if let Some(max) = counts.max.or(self.max) {
            samples.add(&POOL_MAX, &[self.name], max as f64);
        }
    }
}

impl fmt::Debug for Read {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Read")
            .field("name", &self.name)
            .field("max", &self.max)
            .finish_non_exhaustive()
    }
}
