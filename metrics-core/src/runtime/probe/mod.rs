//! The probe: how long does a task wait for a worker?

mod beat;
mod lane;
mod probed;
mod probing;
mod settings;

pub use probing::Probing;
pub use settings::Probe;
