//! What Linux tells, each file read by a parser of its own. What cannot be read is absent.

mod cgroup;
mod cpu_wait;
mod descriptors;
mod io;
mod kept;
#[cfg(test)]
mod odd;
mod pressure;
mod process;
mod stat;
mod status;

use std::path::Path;

use crate::collect::Collector;

/// Everything that can be read of this process and of where it is held.
pub(super) fn all() -> Vec<Box<dyn Collector>> {
    let root = Path::new("/");
    vec![
        Box::new(process::Process::open(root)),
        Box::new(cpu_wait::CpuWait::open(root)),
        Box::new(pressure::Pressure::open(root)),
        Box::new(cgroup::Cgroup::open(root)),
    ]
}
