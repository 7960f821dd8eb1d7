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
pub(crate) fn all() -> Vec<Box<dyn Collector>> {
    let mut all: Vec<Box<dyn Collector>> = Vec::new();
    #[cfg(target_os = "linux")]
    all.push(Box::new(process::Process::open()));
    #[cfg(feature = "tokio")]
    all.extend(Tokio::current().map(|runtime| Box::new(runtime) as Box<dyn Collector>));
    all
}
