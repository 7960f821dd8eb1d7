//! CPU wait: how long threads of this process could have run and did not, because others had the cores.

use std::collections::HashMap;
use std::ffi::CStr;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::str;
use std::sync::{Mutex, PoisonError};

use rustix::fs::{Dir, Mode, OFlags, openat};

use crate::catalogue::CPU_WAIT;
use crate::collect::{Collector, Samples};

/// How many threads one scrape reads: 10 µs each. Of a process that has more, the others are read by the next ones.
const AT_ONCE: usize = 32;

/// The waits of all threads. A sum over those that live falls when one ends, so what each added is accumulated.
#[derive(Debug)]
pub(super) struct CpuWait {
    folder: Option<File>,
    waited: Mutex<Waited>,
}

/// What is known of the threads.
#[derive(Debug, Default)]
struct Waited {
    /// How long each had waited when it was last read, in nanoseconds.
    threads: HashMap<u32, u64>,
    total: u64,
    /// The last thread that the last scrape read.
    last: u32,
    /// Whether this kernel counts at all: one that does not says 0 of everything.
    counts: bool,
}

impl CpuWait {
    pub(super) fn open(root: &Path) -> Self {
        Self {
            folder: File::open(root.join("proc/self/task")).ok(),
            waited: Mutex::default(),
        }
    }
}

impl Collector for CpuWait {
    fn name(&self) -> &'static str {
        "cpu_wait"
    }

    fn collect(&self, samples: &mut Samples) {
        let Some(threads) = self.folder.as_ref().and_then(threads) else {
            return;
        };
        let mut waited = self.waited.lock().unwrap_or_else(PoisonError::into_inner);
        waited.read(&threads, |thread| schedstat(self.folder.as_ref()?, thread));
        if waited.counts {
            samples.add(&CPU_WAIT, &[], waited.total as f64 / 1e9);
        }
    }
}

impl Waited {
    /// Reads as many threads as one scrape may, those after the last ones first. `threads` is sorted.
    fn read(&mut self, threads: &[u32], read: impl Fn(u32) -> Option<Schedstat>) {
        self.threads
            .retain(|thread, _| threads.binary_search(thread).is_ok());
        let after = threads.partition_point(|thread| *thread <= self.last);
        let (first, behind) = threads.split_at_checked(after).unwrap_or((threads, &[]));
        for thread in behind.iter().chain(first).take(AT_ONCE) {
            self.last = *thread;
            if let Some(stat) = read(*thread) {
                self.add(*thread, &stat);
            }
        }
    }

    fn add(&mut self, thread: u32, stat: &Schedstat) {
        self.counts |= stat.slices > 0;
        let before = self.threads.insert(thread, stat.waited).unwrap_or(0);
        // Less than before: another thread was given the number of one that ended.
        let more = stat.waited.checked_sub(before).unwrap_or(stat.waited);
        self.total = self.total.saturating_add(more);
    }
}

/// What is read of a thread's `schedstat`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Schedstat {
    /// How long it was ready to run and did not, in nanoseconds.
    waited: u64,
    /// How often it ran.
    slices: u64,
}

impl Schedstat {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_ascii_whitespace();
        let (_ran, waited, slices) = (words.next()?, words.next()?, words.next()?);
        Some(Self {
            waited: waited.parse().ok()?,
            slices: slices.parse().ok()?,
        })
    }
}

/// The numbers of all threads, sorted.
fn threads(folder: &File) -> Option<Vec<u32>> {
    let number = |name: &CStr| name.to_str().ok()?.parse().ok();
    let mut threads: Vec<u32> = Dir::read_from(folder)
        .ok()?
        .filter_map(|entry| number(entry.ok()?.file_name()))
        .collect();
    threads.sort_unstable();
    Some(threads)
}

/// From the open folder on, which saves half of the way.
fn schedstat(folder: &File, thread: u32) -> Option<Schedstat> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC;
    let path = format!("{thread}/schedstat");
    let mut file = File::from(openat(folder, path, flags, Mode::empty()).ok()?);
    let mut text = [0; 96];
    let length = file.read(&mut text).ok()?;
    Schedstat::parse(str::from_utf8(text.get(..length)?).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stat(waited: u64) -> Option<Schedstat> {
        Some(Schedstat { waited, slices: 1 })
    }

    #[test]
    fn the_sum_does_not_fall_when_a_thread_ends() {
        let mut waited = Waited::default();
        waited.read(&[7, 8], |thread| stat(u64::from(thread) * 100));
        assert_eq!(waited.total, 1_500);
        waited.read(&[7], |_| stat(750));
        assert_eq!(waited.total, 1_550);
        assert_eq!(waited.threads.len(), 1);
    }

    #[test]
    fn a_number_that_is_given_to_another_thread_starts_anew() {
        let mut waited = Waited::default();
        waited.read(&[7], |_| stat(900));
        waited.read(&[7], |_| stat(40));
        assert_eq!(waited.total, 940);
    }

    #[test]
    fn a_thread_that_ends_while_it_is_read_is_left_out() {
        let mut waited = Waited::default();
        waited.read(&[7, 8], |thread| (thread == 8).then_some(stat(5))?);
        assert_eq!(waited.total, 5);
    }

    #[test]
    fn of_many_threads_each_gets_its_turn() {
        let many: Vec<u32> = (1..=AT_ONCE as u32 * 2 + 5).collect();
        let mut waited = Waited::default();
        for _ in 0..3 {
            waited.read(&many, |_| stat(1));
        }
        assert_eq!(waited.total, many.len() as u64);
    }

    #[test]
    fn a_kernel_that_does_not_count_is_found_out() {
        let mut waited = Waited::default();
        waited.read(&[7], |_| Schedstat::parse("0 0 0\n"));
        assert!(!waited.counts);
        waited.read(&[7], |_| Schedstat::parse("4000 0 1\n"));
        assert!(waited.counts);
    }

    #[test]
    fn the_second_number_is_the_wait() {
        let waited = 22_000;
        assert_eq!(
            Schedstat::parse("1000 22000 3\n"),
            Some(Schedstat { waited, slices: 3 })
        );
        assert_eq!(Schedstat::parse("1000 22000\n"), None);
        assert_eq!(Schedstat::parse("1 -2 3\n"), None);
    }

    #[test]
    fn the_threads_of_this_process_are_listed() {
        let folder = File::open("/proc/self/task").unwrap();
        let own = std::fs::read_link("/proc/thread-self").unwrap();
        let own = own.file_name().unwrap().to_str().unwrap().parse().unwrap();
        assert!(threads(&folder).unwrap().contains(&own));
        assert!(schedstat(&folder, own).unwrap().slices > 0);
    }
}
