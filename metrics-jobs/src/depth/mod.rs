//! Ready-made readings of a queue's depth, for [`Queue::probe`](crate::Queue::probe) or a loop of your own.
//!
//! Each gives a closure that reads once, with one cheap statement or one round trip. None connects, retries or waits by
//! itself: what they are given does. An error becomes the reason `db`, and makes the depth absent.

#[cfg(feature = "sqlx-0-9")]
mod apalis;
#[cfg(feature = "redis-1")]
mod redis;

#[cfg(feature = "sqlx-0-9")]
pub use apalis::{APALIS_POSTGRES, APALIS_POSTGRES_INDEX, APALIS_SQLITE, apalis};
#[cfg(feature = "redis-1")]
pub use redis::{Score, redis_list, redis_sorted_set, redis_stream};

use std::future::Future;
use std::pin::Pin;

use fedimetrics_core::Because;

use crate::readings::Depth;

/// One reading.
pub type Reading = Pin<Box<dyn Future<Output = Result<Depth, Because>> + Send>>;
