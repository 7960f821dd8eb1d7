//! Memory: its limit, what counts against it, and who was killed for it.

use std::path::Path;

use super::folder::{Folders, Version};
use crate::runtime::linux::kept::{Kept, number};

/// The memory that this process and those beside it may have.
#[derive(Debug)]
pub(super) struct Memory {
    /// The own one first.
    levels: Vec<Level>,
    events: Kept,
}

#[derive(Debug)]
struct Level {
    limit: Kept,
    usage: Kept,
}

/// What was read, in bytes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) limit: Option<u64>,
    pub(super) usage: Option<u64>,
}

impl Memory {
    pub(super) fn open(folders: &Folders) -> Self {
        let (limit, usage, events) = match folders.version {
            Version::One => (
                "memory.limit_in_bytes",
                "memory.usage_in_bytes",
                "memory.oom_control",
            ),
            Version::Two => ("memory.max", "memory.current", "memory.events"),
        };
        let level = |folder: &std::path::PathBuf| Level {
            limit: Kept::open(folder.join(limit)),
            usage: Kept::open(folder.join(usage)),
        };
        let own = folders.levels.first().map_or(Path::new(""), |own| own);
        Self {
            levels: folders.levels.iter().map(level).collect(),
            events: Kept::open(own.join(events)),
        }
    }

    /// The lowest limit, and what counts against that one; without any limit what the own one uses.
    pub(super) fn read(&self) -> Reading {
        let limits = self
            .levels
            .iter()
            .filter_map(|level| Some((level.limit.read(bytes)?, level)));
        let lowest = limits.min_by_key(|(limit, _)| *limit);
        let level = lowest.map(|(_, level)| level).or(self.levels.first());
        Reading {
            limit: lowest.map(|(limit, _)| limit),
            usage: level.and_then(|level| level.usage.read(bytes)),
        }
    }

    /// How many processes were killed because there was none left.
    pub(super) fn kills(&self) -> Option<u64> {
        self.events.read(|text| number(text, "oom_kill"))
    }
}

/// A number of bytes. `max` is none, and so is what version 1 says instead, which is nearly all that can be addressed.
pub(in super::super) fn bytes(text: &str) -> Option<u64> {
    let bytes = text.trim().parse().ok()?;
    (bytes < 1 << 62).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_limit_is_said_in_two_ways() {
        assert_eq!(bytes("536870912\n"), Some(536_870_912));
        assert_eq!(bytes("max\n"), None);
        assert_eq!(bytes("9223372036854771712\n"), None);
        assert_eq!(bytes("-1\n"), None);
        assert_eq!(bytes(""), None);
    }
}
