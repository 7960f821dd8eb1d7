//! What Linux tells of this process. What cannot be read is absent.

use std::fs::File;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::{fs, str};

use rustix::param::{clock_ticks_per_second, page_size};
use rustix::process::{Resource, getrlimit};

use crate::catalogue::{CPU, MAX_FDS, OPEN_FDS, RESIDENT, START_TIME, THREADS, VIRTUAL};
use crate::collect::{Collector, Samples};

/// This process. Its file is kept open: reading it again costs 5 µs, opening it anew 27.
#[derive(Debug)]
pub(super) struct Process {
    stat: Option<File>,
    booted: Option<f64>,
}

impl Process {
    pub(super) fn open() -> Self {
        Self {
            stat: File::open("/proc/self/stat").ok(),
            booted: booted(&fs::read_to_string("/proc/stat").unwrap_or_default()),
        }
    }

    fn stat(&self) -> Option<Stat> {
        let mut text = [0; 1024];
        let read = self.stat.as_ref()?.read_at(&mut text, 0).ok()?;
        Stat::parse(str::from_utf8(text.get(..read)?).ok()?)
    }
}

impl Collector for Process {
    fn name(&self) -> &'static str {
        "process"
    }

    fn collect(&self, samples: &mut Samples) {
        if let Some(stat) = self.stat() {
            let tick = 1.0 / clock_ticks_per_second() as f64;
            samples.add(&CPU, &[], stat.cpu_ticks as f64 * tick);
            samples.add(
                &RESIDENT,
                &[],
                stat.resident_pages as f64 * page_size() as f64,
            );
            samples.add(&VIRTUAL, &[], stat.virtual_bytes as f64);
            samples.add(&THREADS, &[], stat.threads as f64);
            if let Some(booted) = self.booted {
                samples.add(&START_TIME, &[], booted + stat.start_ticks as f64 * tick);
            }
        }
        if let Some(open) = open_fds() {
            samples.add(&OPEN_FDS, &[], open as f64);
        }
        if let Some(most) = getrlimit(Resource::Nofile).current {
            samples.add(&MAX_FDS, &[], most as f64);
        }
    }
}

/// Since Linux 6.2 the folder's size is the number of its entries; before that it is 0, and they are counted.
fn open_fds() -> Option<u64> {
    let folder = "/proc/self/fd";
    match fs::metadata(folder).ok()?.size() {
        // The one that reads the folder counts itself.
        0 => fs::read_dir(folder)
            .ok()
            .map(|entries| entries.count().saturating_sub(1) as u64),
        entries => Some(entries),
    }
}

/// When the machine started, in seconds since 1970.
fn booted(stat: &str) -> Option<f64> {
    stat.lines()
        .find_map(|line| line.strip_prefix("btime "))?
        .trim()
        .parse()
        .ok()
}

/// What is read of `/proc/self/stat`.
#[derive(Debug, PartialEq, Eq)]
struct Stat {
    cpu_ticks: u64,
    threads: u64,
    start_ticks: u64,
    virtual_bytes: u64,
    resident_pages: u64,
}

impl Stat {
    /// Fields are counted from behind the program's name, which may hold blanks and parentheses.
    fn parse(text: &str) -> Option<Self> {
        let (_, fields) = text.rsplit_once(')')?;
        let fields: Vec<&str> = fields.split_ascii_whitespace().collect();
        // proc_pid_stat(5) counts from 1, and the first two are cut off.
        let field = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
        Some(Self {
            cpu_ticks: field(14)? + field(15)?,
            threads: field(20)?,
            start_ticks: field(22)?,
            virtual_bytes: field(23)?,
            resident_pages: field(24)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_parentheses_does_not_shift_the_fields() {
        let text = "7 (a) b (c)) S 1 7 7 0 -1 4194304 90 0 0 0 12 30 0 0 20 0 5 0 4242 1048576 77 18446744073709551615 0 0";
        let stat = Stat {
            cpu_ticks: 42,
            threads: 5,
            start_ticks: 4242,
            virtual_bytes: 1_048_576,
            resident_pages: 77,
        };
        assert_eq!(Stat::parse(text), Some(stat));
        assert_eq!(Stat::parse("7 (cut off) S 1 7"), None);
    }

    #[test]
    fn the_boot_time_is_found() {
        assert_eq!(
            booted("cpu 1 2 3\nbtime 1700000000\nprocesses 7\n"),
            Some(1_700_000_000.0)
        );
        assert_eq!(booted("cpu 1 2 3\n"), None);
    }
}
