//! Pools of connections to a database: how many there are, and who waits for one.

mod acquired;
#[cfg(feature = "bb8-0-9")]
mod bb8;
mod connections;
mod database;
#[cfg(feature = "deadpool-0-13")]
mod deadpool;
mod meters;
mod read;
#[cfg(feature = "sqlx-0-9")]
mod sqlx;
mod waiting;

pub use acquired::Acquired;
pub use connections::{Connections, Counts};
pub use database::Pool;
