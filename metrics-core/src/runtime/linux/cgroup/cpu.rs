//! CPU: how many cores a quota allows, and how long it kept threads from running.

use std::path::PathBuf;

use super::folder::{Folders, Version};
use crate::runtime::linux::kept::{Kept, number};

/// The CPU time that this process and those beside it may have.
#[derive(Debug)]
pub(super) struct Cpu {
    version: Version,
    levels: Vec<Level>,
}

#[derive(Debug)]
struct Level {
    /// Version 2 has quota and period in one file.
    quota: Kept,
    period: Kept,
    stat: Kept,
}

impl Cpu {
    pub(super) fn open(folders: &Folders) -> Self {
        let version = folders.version;
        let level = |folder: &PathBuf| Level {
            quota: Kept::open(folder.join(match version {
                Version::One => "cpu.cfs_quota_us",
                Version::Two => "cpu.max",
            })),
            period: match version {
                Version::One => Kept::open(folder.join("cpu.cfs_period_us")),
                Version::Two => Kept::default(),
            },
            stat: Kept::open(folder.join("cpu.stat")),
        };
        Self {
            version,
            levels: folders.levels.iter().map(level).collect(),
        }
    }

    /// The lowest quota, in cores.
    pub(super) fn cores(&self) -> Option<f64> {
        let quotas = self.levels.iter().filter_map(|level| match self.version {
            Version::One => {
                let words = |kept: &Kept| kept.read(|text| Some(text.trim().to_owned()));
                let (own, period) = (words(&level.quota)?, words(&level.period)?);
                quota(&format!("{own} {period}"))
            }
            Version::Two => level.quota.read(quota),
        });
        quotas.min_by(f64::total_cmp)
    }

    /// In seconds. Whichever quota it was that kept threads waiting: each counts its own.
    pub(super) fn throttled(&self) -> Option<f64> {
        let (word, unit) = match self.version {
            Version::One => ("throttled_time", 1e9),
            Version::Two => ("throttled_usec", 1e6),
        };
        let each = self
            .levels
            .iter()
            .filter_map(|level| level.stat.read(|text| number(text, word)));
        let throttled = each.reduce(u64::saturating_add)?;
        Some(throttled as f64 / unit)
    }
}

/// Cores, of the microseconds that may be used of each so many. `max` and `-1` are no quota.
pub(in super::super) fn quota(text: &str) -> Option<f64> {
    let mut words = text.split_ascii_whitespace();
    let quota: u64 = words.next()?.parse().ok()?;
    let period: u64 = words.next()?.parse().ok()?;
    (quota > 0 && period > 0).then(|| quota as f64 / period as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_is_cores_and_no_quota_is_absent() {
        assert_eq!(quota("150000 100000\n"), Some(1.5));
        assert_eq!(quota("max 100000\n"), None);
        assert_eq!(quota("-1 100000"), None);
        assert_eq!(quota("50000 0"), None);
        assert_eq!(quota("50000"), None);
    }
}
