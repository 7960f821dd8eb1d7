//! Our store behind the `metrics` facade: atomics, fixed buckets, and caps that strangers cannot get past.

mod caps;
mod counter;
mod family;
mod gauge;
mod histogram;
mod labels;
mod name;
mod series;
mod store;
mod text;

pub use caps::Caps;
pub(crate) use labels::LabelBlock;
pub(crate) use store::Store;
pub(crate) use text::render;
