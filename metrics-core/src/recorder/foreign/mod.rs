//! Foreign text: what another library's registry prints, taken apart line by line and printed anew, so that nothing in
//! it can break a scrape.

mod admission;
mod family;
mod line;
mod print;
mod series;
mod text;

pub(crate) use admission::{Admission, Shown};
pub(super) use print::print;
