//! Our store behind the `metrics` facade: atomics, fixed buckets, and caps that strangers cannot get past.

mod buckets;
mod caps;
mod counter;
mod family;
mod foreign;
mod format;
mod fraction;
mod gauge;
mod histogram;
mod index;
mod labels;
mod lines;
mod name;
mod number;
mod sharded;
mod share;
mod sorted;
mod store;
mod text;
mod value;

pub use caps::Caps;
pub(crate) use foreign::{Admission, Shown};
pub use format::Format;
pub(crate) use labels::LabelBlock;
pub(crate) use store::Store;
pub(crate) use text::render;
