//! Requests that this server makes of others: what for, how they ended, how long it took to the response's head.
//!
//! | where a line belongs | file |
//! | --- | --- |
//! | what a request is made for | `purpose` |
//! | how one ended, and the words for it | `ended` |
//! | the clock, and that each is counted once | `exchange` |
//! | which handle counts it | `meters`, `exits`, `addresses` |
//! | a panic told from a cancellation, and what a job hears of it | `measured` |
//! | tower | `layer`, `service`, `future` |
//! | reqwest-middleware | `middleware` |

mod addresses;
mod ended;
mod exchange;
mod exits;
mod future;
mod layer;
mod measured;
mod meters;
#[cfg(any(feature = "reqwest-middleware-0-3", feature = "reqwest-middleware-0-5"))]
mod middleware;
mod purpose;
mod service;

pub use future::ClientResponseFuture;
pub use layer::HttpClientMetricsLayer;
pub use purpose::Purpose;
pub use service::HttpClientMetrics;
