//! Pressure: how long work waited for a core, for a disk or for memory (PSI).

use std::path::Path;

use super::cgroup;
use super::kept::Kept;
use crate::catalogue::{PRESSURE_STALLED, PRESSURE_WAITING, RESOURCES, SCOPES};
use crate::collect::{Collector, Samples};

/// What is waited for: the cgroup's own figures where it has some, else the host's.
#[derive(Debug)]
pub(super) struct Pressure(Vec<Resource>);

#[derive(Debug)]
struct Resource {
    name: &'static str,
    scope: &'static str,
    file: Kept,
}

/// Microseconds since the start.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Totals {
    /// Some waited.
    waiting: Option<u64>,
    /// All waited.
    stalled: Option<u64>,
}

impl Pressure {
    pub(super) fn open(root: &Path) -> Self {
        let own = cgroup::unified(root);
        let [cgroup, host] = SCOPES;
        let open = |&name: &&'static str| {
            let of_cgroup = own
                .as_ref()
                .map(|folder| folder.join(format!("{name}.pressure")));
            let of_host = root.join("proc/pressure").join(name);
            [(of_cgroup, *cgroup), (Some(of_host), *host)]
                .into_iter()
                .find_map(|(path, scope)| Resource::open(name, scope, &path?))
        };
        Self(RESOURCES.iter().filter_map(open).collect())
    }
}

impl Resource {
    /// A kernel that was started with `psi=0` has the files and does not let them be read.
    fn open(name: &'static str, scope: &'static str, path: &Path) -> Option<Self> {
        let file = Kept::open(path);
        file.read(Totals::parse)?;
        Some(Self { name, scope, file })
    }
}

impl Collector for Pressure {
    fn name(&self) -> &'static str {
        "pressure"
    }

    fn collect(&self, samples: &mut Samples) {
        for Resource { name, scope, file } in &self.0 {
            let Some(totals) = file.read(Totals::parse) else {
                continue;
            };
            if let Some(waiting) = totals.waiting {
                samples.add(&PRESSURE_WAITING, &[name, scope], waiting as f64 / 1e6);
            }
            // Of the whole host's CPU it says 0, which means nothing: whoever has it does not wait.
            let means = (*name, *scope) != ("cpu", "host");
            if let Some(stalled) = totals.stalled.filter(|_| means) {
                samples.add(&PRESSURE_STALLED, &[name, scope], stalled as f64 / 1e6);
            }
        }
    }
}

impl Totals {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let find = |word| {
            let line = text.lines().find_map(|line| line.strip_prefix(word))?;
            let total = line
                .split_ascii_whitespace()
                .find_map(|word| word.strip_prefix("total="))?;
            total.parse().ok()
        };
        let totals = Self {
            waiting: find("some "),
            stalled: find("full "),
        };
        totals.waiting.is_some().then_some(totals)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::Exporter;
    use crate::testing::Scrape;

    const QUIET: &str = "some avg10=0.00 avg60=0.00 avg300=0.00 total=1500000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=250000\n";

    fn write(root: &Path, path: &str, text: &str) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn scrape(root: &Path) -> Scrape {
        let pressure = Pressure::open(root);
        Scrape::of(&Exporter::builder().collect(pressure).build().unwrap())
    }

    #[test]
    fn the_totals_are_seconds_in_both_lines() {
        let totals = Totals::parse(QUIET).unwrap();
        assert_eq!(
            (totals.waiting, totals.stalled),
            (Some(1_500_000), Some(250_000))
        );
        // Before Linux 5.13 the CPU has one line.
        let old = Totals::parse("some avg10=0.00 avg60=0.00 avg300=0.00 total=7\n").unwrap();
        assert_eq!((old.waiting, old.stalled), (Some(7), None));
        assert_eq!(Totals::parse("some avg10=0.00\n"), None);
        assert_eq!(Totals::parse(""), None);
    }

    #[test]
    fn outside_of_a_cgroup_the_host_is_shown_but_not_its_stalled_cpu() {
        let root = tempfile::tempdir().unwrap();
        for resource in RESOURCES {
            write(root.path(), &format!("proc/pressure/{resource}"), QUIET);
        }
        let scrape = scrape(root.path());
        let waiting = |resource| {
            let labels = [("resource", resource), ("scope", "host")];
            scrape.value("pressure_waiting_seconds_total", &labels)
        };
        assert_eq!(["cpu", "io", "memory"].map(waiting), [Some(1.5); 3]);
        let stalled: Vec<_> = scrape
            .matching("pressure_stalled_seconds_total", &[])
            .map(|sample| (&*sample.labels["resource"], sample.value))
            .collect();
        assert_eq!(stalled, [("io", 0.25), ("memory", 0.25)]);
    }

    #[test]
    fn the_cgroup_goes_before_the_host_one_resource_at_a_time() {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), "proc/self/cgroup", "0::/web.service\n");
        write(
            root.path(),
            "proc/self/mountinfo",
            "31 23 0:28 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw\n",
        );
        let own = "sys/fs/cgroup/web.service";
        write(root.path(), &format!("{own}/cgroup.type"), "domain\n");
        write(root.path(), &format!("{own}/cpu.pressure"), QUIET);
        write(root.path(), &format!("{own}/io.pressure"), "");
        write(root.path(), "proc/pressure/cpu", QUIET);
        write(root.path(), "proc/pressure/io", QUIET);
        let scrape = scrape(root.path());
        let waiting: Vec<_> = scrape
            .matching("pressure_waiting_seconds_total", &[])
            .map(|sample| (&*sample.labels["resource"], &*sample.labels["scope"]))
            .collect();
        assert_eq!(waiting, [("cpu", "cgroup"), ("io", "host")]);
        let stalled_cpu = [("resource", "cpu"), ("scope", "cgroup")];
        assert_eq!(
            scrape.value("pressure_stalled_seconds_total", &stalled_cpu),
            Some(0.25)
        );
    }

    #[test]
    fn a_kernel_without_it_shows_nothing() {
        let root = tempfile::tempdir().unwrap();
        assert!(!scrape(root.path()).has("pressure_waiting_seconds_total"));
    }
}
