//! Gauges of the process, of what it is held to and of tokio runtimes, read at scrape; and the probe of a runtime.

mod build_info;
#[cfg(feature = "jemalloc")]
mod jemalloc;
#[cfg(target_os = "linux")]
mod linux;
mod memory;
#[cfg(feature = "tokio")]
mod probe;
#[cfg(unix)]
mod storage;
mod system;
#[cfg(feature = "tokio")]
mod tokio;
#[cfg(all(feature = "tokio", tokio_unstable))]
mod tokio_unstable;
#[cfg(any(
    target_vendor = "apple",
    target_os = "freebsd",
    target_os = "openbsd",
    target_os = "dragonfly",
    all(target_os = "linux", test)
))]
mod unix;

use std::path::PathBuf;

pub use build_info::{Role, Service};
#[cfg(feature = "jemalloc")]
pub(crate) use jemalloc::Jemalloc;
pub(crate) use memory::Component;
#[cfg(feature = "tokio")]
pub use probe::{Probe, Probing};
#[cfg(feature = "tokio")]
pub(crate) use tokio::Tokio;

use crate::collect::Collector;

/// Whatever can be shown here and now.
pub(crate) fn all() -> impl Iterator<Item = Box<dyn Collector>> {
    let system: Box<dyn Collector> = Box::new(system::System);
    process()
        .into_iter()
        .chain([system])
        .chain(current_runtime())
}

#[cfg(target_os = "linux")]
fn process() -> Vec<Box<dyn Collector>> {
    linux::all()
}

#[cfg(any(
    target_vendor = "apple",
    target_os = "freebsd",
    target_os = "openbsd",
    target_os = "dragonfly"
))]
fn process() -> Vec<Box<dyn Collector>> {
    vec![Box::new(unix::Process)]
}

#[cfg(not(any(
    target_vendor = "apple",
    target_os = "freebsd",
    target_os = "openbsd",
    target_os = "dragonfly",
    target_os = "linux"
)))]
fn process() -> Vec<Box<dyn Collector>> {
    Vec::new()
}

#[cfg(unix)]
pub(crate) fn storage(component: &'static str, folder: PathBuf) -> Option<Box<dyn Collector>> {
    Some(Box::new(storage::Storage::new(component, folder)))
}

#[cfg(not(unix))]
pub(crate) fn storage(_: &'static str, _: PathBuf) -> Option<Box<dyn Collector>> {
    None
}

#[cfg(feature = "tokio")]
fn current_runtime() -> Option<Box<dyn Collector>> {
    Some(Box::new(Tokio::current()?))
}

#[cfg(not(feature = "tokio"))]
fn current_runtime() -> Option<Box<dyn Collector>> {
    None
}
