//! What the client bench has beside our layer: one written by hand.

mod minimum;

pub use minimum::{Meters, Minimum};
