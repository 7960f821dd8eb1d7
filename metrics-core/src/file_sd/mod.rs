//! File SD: a listener whose port nobody knows beforehand tells Prometheus where it is, in a file.
//!
//! Several processes of one host (prefork, web and worker roles) must not share one port: each scrape would read another
//! process's counters. So each gets a listener of its own, on any free port, and leaves a file in a folder that Prometheus,
//! its agent mode or vmagent watch:
//!
//! ```yaml
//! scrape_configs:
//! - job_name: fediverse
//!   file_sd_configs:
//!   - files: ['/run/fediverse/targets/*.json']
//! ```

mod json;
mod published;
mod settings;
mod target;

pub use published::Published;
pub use settings::FileSd;

use std::io;
use std::path::PathBuf;

/// What publishing a target can fail with.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    #[error(
        "`{0}` is no name for a slot: use letters, digits, `-`, `_` and `.`, such as `worker-0`"
    )]
    Slot(String),
    #[error("`{0}` is no name for a label: use letters, digits and `_`, such as `role`")]
    Label(String),
    #[error("`{0}` is no target: {1}")]
    Target(String, &'static str),
    #[error("cannot write {path}: {hint}")]
    Write {
        path: PathBuf,
        hint: &'static str,
        source: io::Error,
    },
    #[error("{0} belongs to another process by now: give each process a slot of its own")]
    Taken(PathBuf),
}

#[cfg(test)]
mod tests;
