//! Limits: what a scrape shows of the cgroup.

use std::path::Path;

use super::cpu::Cpu;
use super::folder::Places;
use super::memory::Memory;
use crate::catalogue::{CGROUP_CORES, CGROUP_KILLS, CGROUP_LIMIT, CGROUP_THROTTLED, CGROUP_USAGE};
use crate::collect::{Collector, Samples};

/// The cgroup that this process was in when the exporter was built.
#[derive(Debug)]
pub(in super::super) struct Cgroup {
    memory: Option<Memory>,
    cpu: Option<Cpu>,
}

impl Cgroup {
    pub(in super::super) fn open(root: &Path) -> Self {
        let places = Places::read(root);
        let of = |controller| places.as_ref()?.of(controller);
        Self {
            memory: of("memory").as_ref().map(Memory::open),
            cpu: of("cpu").as_ref().map(Cpu::open),
        }
    }
}

impl Collector for Cgroup {
    fn name(&self) -> &'static str {
        "cgroup"
    }

    fn collect(&self, samples: &mut Samples) {
        let memory = self.memory.as_ref();
        let reading = memory.map(Memory::read).unwrap_or_default();
        let cpu = self.cpu.as_ref();
        let whole = |number: u64| number as f64;
        for (metric, value) in [
            (&CGROUP_LIMIT, reading.limit.map(whole)),
            (&CGROUP_USAGE, reading.usage.map(whole)),
            (&CGROUP_KILLS, memory.and_then(Memory::kills).map(whole)),
            (&CGROUP_CORES, cpu.and_then(Cpu::cores)),
            (&CGROUP_THROTTLED, cpu.and_then(Cpu::throttled)),
        ] {
            if let Some(value) = value {
                samples.add(metric, &[], value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::Exporter;
    use crate::testing::Scrape;

    fn shown(files: &[(&str, &str)]) -> Vec<(String, f64)> {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let cgroup = Cgroup::open(root.path());
        let scrape = Scrape::of(&Exporter::builder().collect(cgroup).build().unwrap());
        let own = |sample: &&crate::testing::Sample| sample.name.starts_with("cgroup_");
        scrape
            .samples()
            .iter()
            .filter(own)
            .map(|sample| (sample.name.clone(), sample.value))
            .collect()
    }

    fn named(values: &[(&str, f64)]) -> Vec<(String, f64)> {
        let owned = |(name, value): &(&str, f64)| ((*name).to_owned(), *value);
        values.iter().map(owned).collect()
    }

    #[test]
    fn version_2_shows_the_tightest_limit_and_what_counts_against_it() {
        let shown = shown(&[
            ("proc/self/cgroup", "0::/pod/web\n"),
            (
                "proc/self/mountinfo",
                "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
            ),
            ("sys/fs/cgroup/cgroup.procs", ""),
            ("sys/fs/cgroup/pod/cgroup.type", "domain\n"),
            ("sys/fs/cgroup/pod/memory.max", "1000000\n"),
            ("sys/fs/cgroup/pod/memory.current", "700000\n"),
            ("sys/fs/cgroup/pod/cpu.max", "400000 100000\n"),
            (
                "sys/fs/cgroup/pod/cpu.stat",
                "usage_usec 5\nnr_throttled 2\nthrottled_usec 500000\n",
            ),
            ("sys/fs/cgroup/pod/web/cgroup.type", "domain\n"),
            ("sys/fs/cgroup/pod/web/memory.max", "max\n"),
            ("sys/fs/cgroup/pod/web/memory.current", "300000\n"),
            (
                "sys/fs/cgroup/pod/web/memory.events",
                "low 0\nhigh 0\nmax 9\noom 4\noom_kill 3\n",
            ),
            ("sys/fs/cgroup/pod/web/cpu.max", "150000 100000\n"),
            (
                "sys/fs/cgroup/pod/web/cpu.stat",
                "usage_usec 5\nthrottled_usec 1000000\n",
            ),
        ]);
        assert_eq!(
            shown,
            named(&[
                ("cgroup_cpu_quota_cores", 1.5),
                ("cgroup_cpu_throttled_seconds_total", 1.5),
                ("cgroup_memory_limit_bytes", 1_000_000.0),
                ("cgroup_memory_usage_bytes", 700_000.0),
                ("cgroup_oom_kills_total", 3.0),
            ])
        );
    }

    #[test]
    fn version_1_shows_the_same() {
        let shown = shown(&[
            ("proc/self/cgroup", "4:memory:/web\n2:cpu,cpuacct:/web\n"),
            (
                "proc/self/mountinfo",
                "33 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n\
                 35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n",
            ),
            ("sys/fs/cgroup/memory/release_agent", ""),
            ("sys/fs/cgroup/cpu/release_agent", ""),
            ("sys/fs/cgroup/memory/web/memory.limit_in_bytes", "2000\n"),
            ("sys/fs/cgroup/memory/web/memory.usage_in_bytes", "1500\n"),
            (
                "sys/fs/cgroup/memory/web/memory.oom_control",
                "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n",
            ),
            ("sys/fs/cgroup/cpu/web/cpu.cfs_quota_us", "50000\n"),
            ("sys/fs/cgroup/cpu/web/cpu.cfs_period_us", "100000\n"),
            (
                "sys/fs/cgroup/cpu/web/cpu.stat",
                "nr_periods 4\nnr_throttled 2\nthrottled_time 2500000000\n",
            ),
        ]);
        assert_eq!(
            shown,
            named(&[
                ("cgroup_cpu_quota_cores", 0.5),
                ("cgroup_cpu_throttled_seconds_total", 2.5),
                ("cgroup_memory_limit_bytes", 2000.0),
                ("cgroup_memory_usage_bytes", 1500.0),
                ("cgroup_oom_kills_total", 1.0),
            ])
        );
    }

    #[test]
    fn without_limits_there_is_usage_alone_and_without_a_cgroup_nothing() {
        let two = "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";
        let free = shown(&[
            ("proc/self/cgroup", "0::/web\n"),
            ("proc/self/mountinfo", two),
            ("sys/fs/cgroup/web/cgroup.type", "domain\n"),
            ("sys/fs/cgroup/web/memory.max", "max\n"),
            ("sys/fs/cgroup/web/memory.current", "4096\n"),
            ("sys/fs/cgroup/web/cpu.max", "max 100000\n"),
            // The controller is off: time is counted all the same.
            ("sys/fs/cgroup/web/cpu.stat", "usage_usec 5\nuser_usec 5\n"),
        ]);
        assert_eq!(free, named(&[("cgroup_memory_usage_bytes", 4096.0)]));
        assert_eq!(shown(&[]), []);
        let outside = shown(&[
            ("proc/self/cgroup", "0::/\n"),
            ("proc/self/mountinfo", two),
            ("sys/fs/cgroup/memory.stat", "anon 5\n"),
        ]);
        assert_eq!(outside, []);
    }
}
