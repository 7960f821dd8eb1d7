//! What the other Unixes tell of this process. Compiled and tested on Linux too, which tells more in files.

use rustix::process::{Resource, getrlimit};
use rustix::time::{ClockId, clock_gettime};

use crate::catalogue::{CPU, MAX_FDS, OPEN_FDS};
use crate::collect::{Collector, Samples};

/// This process.
#[derive(Debug)]
pub(super) struct Process;

impl Collector for Process {
    fn name(&self) -> &'static str {
        "process"
    }

    fn collect(&self, samples: &mut Samples) {
        let used = clock_gettime(ClockId::ProcessCPUTime);
        samples.add(&CPU, &[], used.tv_sec as f64 + used.tv_nsec as f64 / 1e9);
        if let Some(open) = open_fds() {
            samples.add(&OPEN_FDS, &[], open);
        }
        if let Some(most) = getrlimit(Resource::Nofile).current {
            samples.add(&MAX_FDS, &[], most as f64);
        }
    }
}

/// The one that lists them is listed.
#[cfg(any(target_vendor = "apple", target_os = "linux"))]
fn open_fds() -> Option<f64> {
    let listed = std::fs::read_dir("/dev/fd").ok()?.count();
    Some(listed.saturating_sub(1) as f64)
}

/// There the folder lists what a process might have open, and not what it has.
#[cfg(not(any(target_vendor = "apple", target_os = "linux")))]
const fn open_fds() -> Option<f64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Exporter;
    use crate::testing::Scrape;

    #[test]
    fn what_every_unix_tells_is_what_linux_tells() {
        let exporter = Exporter::builder().collect(Process).build().unwrap();
        let own = Scrape::of(&exporter);
        assert!(own.value("process_cpu_seconds_total", &[]).unwrap() > 0.0);
        let linux = Exporter::builder().with_runtime_gauges().build().unwrap();
        let limit = Scrape::of(&linux).value("process_max_fds", &[]);
        assert_eq!(own.value("process_max_fds", &[]), limit);
        assert!(own.value("process_open_fds", &[]).unwrap() > 2.0);
    }
}
