//! Stages: where the time of a request or of a job goes.

mod meters;
mod places;
mod running;
mod staged;
mod stages;

pub use running::Stage;
pub use staged::Staged;
pub use stages::Stages;

/// Waiting for a connection of a pool. [`Pool::acquire`](crate::pool::Pool::acquire) counts it.
pub const DB_WAIT: &str = "db_wait";

/// A statement, from sending it to its last row.
pub const DB_QUERY: &str = "db_query";

/// Making values of the rows that came.
pub const DB_DECODE: &str = "db_decode";

/// Asking another server, its whole answer included.
pub const FETCH: &str = "fetch";

/// Making or checking a signature.
pub const SIGNATURE: &str = "signature";

/// Making an answer's text.
pub const RENDER: &str = "render";

/// The stages that every server has: they read 0 from the first scrape on.
pub const RESERVED: &[&str] = &[DB_WAIT, DB_QUERY, DB_DECODE, FETCH, SIGNATURE, RENDER];

/// Times this future as a stage of the request or the job that it runs in. The same as [`Stages::time`] for the
/// recorder of the whole process.
///
/// # Examples
///
/// ```
/// use fedimetrics_core::stage::{DB_QUERY, stage};
///
/// # async fn select() -> u32 { 7 }
/// # async fn handler() {
/// let posts = stage(DB_QUERY, select()).await;
/// # let _: u32 = posts;
/// # }
/// ```
pub const fn stage<F: Future>(name: &'static str, future: F) -> Staged<'static, F> {
    Stages::global().time(name, future)
}
