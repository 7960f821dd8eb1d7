//! What the request benches share: the work, how it is driven, and the two layers to compare ours with.

mod drive;
mod fixture;
mod identity;
mod minimum;

pub use drive::drive;
pub use fixture::{Hello, router};
pub use identity::Identity;
pub use minimum::{Meters, Minimum};
