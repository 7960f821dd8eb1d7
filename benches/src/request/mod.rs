//! What the request benches share: the work, how it is driven, and the two layers to compare ours with.

mod drive;
mod fixture;
mod hostile;
mod identity;
mod minimum;
mod threads;

pub(crate) use drive::PATH;
pub use drive::{drive, drive_with};
pub use fixture::{Hello, router, served};
pub use hostile::hostile;
pub use identity::Identity;
pub use minimum::{Meters, Minimum};
pub use threads::two_threads;
