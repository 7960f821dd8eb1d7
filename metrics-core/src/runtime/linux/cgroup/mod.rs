//! Cgroup: the limits that this process is held to, in either version of cgroups.

mod cpu;
mod folder;
mod limits;
mod memory;
mod mount;

pub(super) use folder::unified;
pub(super) use limits::Cgroup;
#[cfg(test)]
pub(super) use {cpu::quota, memory::bytes, mount::Mount};
