//! What each kind of job does.

pub mod announce;
pub mod card;
pub mod cleanup;
pub mod deliver;
pub mod mail;
pub mod media;
pub mod process;
