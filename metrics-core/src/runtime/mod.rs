//! Gauges of the process and of tokio runtimes, read at scrape.

mod build_info;
#[cfg(target_os = "linux")]
mod process;
#[cfg(feature = "tokio")]
mod tokio;

pub use build_info::{Role, Service};
#[cfg(feature = "tokio")]
pub(crate) use tokio::Tokio;

use crate::collect::Collector;

/// Whatever can be shown here and now.
pub(crate) fn all() -> impl Iterator<Item = Box<dyn Collector>> {
    [process(), runtime()].into_iter().flatten()
}

#[cfg(target_os = "linux")]
fn process() -> Option<Box<dyn Collector>> {
    Some(Box::new(process::Process::open()))
}

#[cfg(not(target_os = "linux"))]
fn process() -> Option<Box<dyn Collector>> {
    None
}

#[cfg(feature = "tokio")]
fn runtime() -> Option<Box<dyn Collector>> {
    Some(Box::new(Tokio::current()?))
}

#[cfg(not(feature = "tokio"))]
fn runtime() -> Option<Box<dyn Collector>> {
    None
}
