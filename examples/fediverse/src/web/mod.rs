//! What the server answers over HTTP.

pub mod accept;
pub mod actor;
pub mod discovery;
pub mod front;
pub mod inbox;
pub mod media;
pub mod note;
pub mod problem;
pub mod statuses;
pub mod streaming;

pub use problem::Problem;
