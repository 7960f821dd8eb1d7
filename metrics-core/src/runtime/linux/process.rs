//! Process: what Linux tells of this process.

use std::fs;
use std::path::Path;

use rustix::param::{clock_ticks_per_second, page_size};
use rustix::process::{Resource, getrlimit};

use super::descriptors::Descriptors;
use super::io::Io;
use super::kept::Kept;
use super::stat::{Stat, booted};
use super::status::Status;
use crate::catalogue::{
    CPU, DIRECTIONS, IO, KINDS, MAX_FDS, MEMORY, OPEN_FDS, PEAK, RESIDENT, START_TIME, THREADS,
    VIRTUAL,
};
use crate::collect::{Collector, Samples};

/// This process. Its files are kept open.
#[derive(Debug)]
pub(super) struct Process {
    stat: Kept,
    status: Kept,
    io: Kept,
    descriptors: Descriptors,
    booted: Option<f64>,
}

impl Process {
    pub(super) fn open(root: &Path) -> Self {
        let own = root.join("proc/self");
        Self {
            stat: Kept::open(own.join("stat")),
            status: Kept::open(own.join("status")),
            io: Kept::open(own.join("io")),
            descriptors: Descriptors::of(&own.join("fd")),
            booted: fs::read_to_string(root.join("proc/stat"))
                .ok()
                .and_then(|stat| booted(&stat)),
        }
    }

    fn show_stat(&self, stat: &Stat, samples: &mut Samples) {
        let tick = 1.0 / clock_ticks_per_second() as f64;
        samples.add(&CPU, &[], stat.cpu_ticks as f64 * tick);
        samples.add(&VIRTUAL, &[], stat.virtual_bytes as f64);
        samples.add(&THREADS, &[], stat.threads as f64);
        if let Some(booted) = self.booted {
            samples.add(&START_TIME, &[], booted + stat.start_ticks as f64 * tick);
        }
    }
}

impl Collector for Process {
    fn name(&self) -> &'static str {
        "process"
    }

    fn collect(&self, samples: &mut Samples) {
        let stat = self.stat.read(Stat::parse);
        if let Some(stat) = &stat {
            self.show_stat(stat, samples);
        }
        let status = self.status.read(Status::parse).unwrap_or_default();
        let pages = stat.map(|stat| stat.resident_pages as f64 * page_size() as f64);
        // From the same reading as its parts, so that these add up to it.
        if let Some(resident) = status.resident.map(|bytes| bytes as f64).or(pages) {
            samples.add(&RESIDENT, &[], resident);
        }
        if let Some(peak) = status.peak {
            samples.add(&PEAK, &[], peak as f64);
        }
        let parts = [status.anon, status.file, status.shmem, status.swap];
        for (kind, bytes) in KINDS.iter().zip(parts) {
            if let Some(bytes) = bytes {
                samples.add(&MEMORY, &[kind], bytes as f64);
            }
        }
        if let Some(io) = self.io.read(Io::parse) {
            for (direction, bytes) in DIRECTIONS.iter().zip([io.read, io.written]) {
                samples.add(&IO, &[direction], bytes as f64);
            }
        }
        if let Some(open) = self.descriptors.open() {
            samples.add(&OPEN_FDS, &[], open as f64);
        }
        if let Some(most) = getrlimit(Resource::Nofile).current {
            samples.add(&MAX_FDS, &[], most as f64);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Exporter;
    use crate::testing::Scrape;

    #[test]
    fn a_container_without_proc_shows_no_zeroes() {
        let empty = tempfile::tempdir().unwrap();
        let process = Process::open(empty.path());
        let exporter = Exporter::builder().collect(process).build().unwrap();
        let scrape = Scrape::of(&exporter);
        let shown: Vec<_> = scrape
            .samples()
            .iter()
            .filter(|sample| sample.name.starts_with("process_"))
            .map(|sample| &*sample.name)
            .collect();
        // That one is no file.
        assert_eq!(shown, ["process_max_fds"]);
    }
}
