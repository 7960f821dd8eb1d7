//! What the scrape benches share: what is filled in, how it is read, and the least that reading it can cost.

mod fill;
mod load;
mod minimum;

pub use fill::{Counters, Histograms, labels};
pub use load::under_load;
pub use minimum::Minimum;

use std::hint::black_box;

/// One scrape: its whole text made, and thrown away.
pub fn scraped(mut render: impl FnMut() -> String) -> impl FnMut() {
    move || drop(black_box(render()))
}

/// The bare row: the finished text, copied. What no answer can cost less than.
pub fn copied(text: String) -> impl FnMut() {
    move || drop(black_box(text.clone()))
}
