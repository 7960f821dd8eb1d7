//! Request bodies: counted, and their line's time told from the server's.

mod body;
mod layer;
mod service;

pub use body::RequestBody;
pub use layer::RequestBodyLayer;
pub use service::RequestBodyMetrics;
