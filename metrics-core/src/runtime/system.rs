//! System: what every system tells.

use std::thread;
use std::time::SystemTime;

use crate::catalogue::{CLOCK, CORES};
use crate::collect::{Collector, Samples};

/// The cores and the clock.
#[derive(Debug)]
pub(super) struct System;

impl Collector for System {
    fn name(&self) -> &'static str {
        "system"
    }

    fn collect(&self, samples: &mut Samples) {
        if let Some(cores) = cores() {
            samples.add(&CORES, &[], cores);
        }
        if let Ok(since) = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
            samples.add(&CLOCK, &[], since.as_secs_f64());
        }
    }
}

/// std would look for a cgroup's quota in its files each time. That is a metric of its own here.
#[cfg(target_os = "linux")]
fn cores() -> Option<f64> {
    rustix::thread::sched_getaffinity(None)
        .map(|cores| f64::from(cores.count()))
        .ok()
        .or_else(available)
}

#[cfg(not(target_os = "linux"))]
fn cores() -> Option<f64> {
    available()
}

fn available() -> Option<f64> {
    Some(thread::available_parallelism().ok()?.get() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Exporter;
    use crate::testing::Scrape;

    #[test]
    fn the_clock_is_the_wall_s_and_there_is_a_core() {
        let exporter = Exporter::builder().collect(System).build().unwrap();
        let scrape = Scrape::of(&exporter);
        let clock = scrape.value("process_clock_seconds", &[]).unwrap();
        let now = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap()
            .as_secs_f64();
        assert!((now - clock).abs() < 60.0, "{clock} at {now}");
        // A quota may allow fewer, never more.
        let cores = scrape.value("process_available_cores", &[]).unwrap();
        assert!(cores >= available().unwrap(), "{cores}");
    }
}
