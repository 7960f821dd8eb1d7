#![doc = include_str!("../README.md")]

mod body;
pub mod catalogue;
mod clock;
mod exchange;
mod future;
mod labels;
mod layer;
mod measured;
mod meters;
mod route;
mod service;
mod stream;
mod surface;

pub use body::ResponseBody;
pub use future::ResponseFuture;
pub use layer::HttpMetricsLayer;
pub use service::HttpMetrics;
