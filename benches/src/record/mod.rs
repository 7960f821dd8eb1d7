//! What the record benches share: the same calls on whichever recorder is installed, and what they are held against.

mod calls;
mod growth;
mod threads;

pub use calls::{STATIC, added, histogram, samples, static_labels, string_labels, strings};
pub use growth::{hostile, unscraped};
pub use threads::two_threads;

/// Upper bounds of the benches' histograms: twelve, as a duration's often are.
pub const BOUNDS: [f64; 12] = [
    0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];
