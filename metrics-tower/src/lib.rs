#![doc = include_str!("../README.md")]

mod asked;
mod body;
pub mod catalogue;
mod client;
mod exchange;
mod extras;
mod future;
mod labels;
mod layer;
mod layers;
mod meters;
mod method;
mod opening;
mod opted;
mod queue;
mod request_body;
mod response_label;
mod route;
mod service;
mod session;
mod settings;
mod stream;
mod surface;
mod timeout;
mod within;

pub use asked::Asked;
pub use body::ResponseBody;
pub use client::{ClientResponseFuture, HttpClientMetrics, HttpClientMetricsLayer, Purpose};
pub use future::ResponseFuture;
pub use layer::HttpMetricsLayer;
pub use request_body::{RequestBody, RequestBodyLayer, RequestBodyMetrics};
pub use response_label::ResponseLabel;
pub use service::HttpMetrics;
pub use session::Session;
pub use surface::Surface;
pub use timeout::{TimeoutMark, TimeoutMarkFuture, TimeoutMarkLayer, mark_timeout};
