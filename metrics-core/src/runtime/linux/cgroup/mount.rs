//! Mount: where a hierarchy of cgroups can be seen, from `/proc/self/mountinfo`.

use std::path::{Path, PathBuf};

/// One hierarchy, as it is mounted here.
#[derive(Debug, PartialEq, Eq)]
pub(in super::super) struct Mount {
    /// What of the hierarchy is seen here: all, or one container's part.
    pub(super) root: PathBuf,
    pub(super) point: PathBuf,
    /// The controller of a version 1 hierarchy is among its options; version 2 has none.
    pub(super) options: Option<String>,
}

impl Mount {
    /// One line of mountinfo, if it is of a hierarchy.
    pub(in super::super) fn parse(line: &str) -> Option<Self> {
        let (place, kind) = line.split_once(" - ")?;
        let mut kind = kind.split_ascii_whitespace();
        let options = match kind.next()? {
            "cgroup2" => None,
            "cgroup" => Some(kind.nth(1)?.to_owned()),
            _ => return None,
        };
        let mut place = place.split_ascii_whitespace().skip(3);
        Some(Self {
            root: unescape(place.next()?).into(),
            point: unescape(place.next()?).into(),
            options,
        })
    }

    /// Whether this hierarchy has that controller, in version 1.
    pub(super) fn controls(&self, controller: &str) -> bool {
        let options = self.options.as_deref().unwrap_or_default();
        options.split(',').any(|option| option == controller)
    }

    /// The way from the mount point to that cgroup: empty where it cannot be seen from here.
    pub(super) fn way<'a>(&self, cgroup: &'a Path) -> &'a Path {
        let way = cgroup.strip_prefix(&self.root).unwrap_or(Path::new(""));
        let plain = way
            .components()
            .all(|part| matches!(part, std::path::Component::Normal(_)));
        if plain { way } else { Path::new("") }
    }
}

/// Blanks, tabs, line feeds and backslashes are written as `\040` and so on.
fn unescape(word: &str) -> String {
    let mut parts = word.split('\\');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let octal = part
            .get(..3)
            .and_then(|code| u8::from_str_radix(code, 8).ok());
        match octal.filter(u8::is_ascii) {
            Some(code) => {
                plain.push(code.into());
                plain.push_str(part.get(3..).unwrap_or_default());
            }
            None => {
                plain.push('\\');
                plain.push_str(part);
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_are_found_among_other_mounts() {
        let lines = "22 27 0:21 / /proc rw,relatime - proc proc rw\n\
            30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 master:1 - cgroup2 cgroup2 rw,nsdelegate\n\
            32 31 0:29 /docker/a1 /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct\n";
        let mounts: Vec<_> = lines.lines().filter_map(Mount::parse).collect();
        let [two, one] = &mounts[..] else {
            panic!("{mounts:?}");
        };
        assert_eq!(two.point, Path::new("/sys/fs/cgroup"));
        assert!(one.controls("cpu") && !one.controls("memory") && !two.controls("cpu"));
        assert_eq!(one.root, Path::new("/docker/a1"));
    }

    #[test]
    fn a_mount_point_can_have_blanks_and_what_is_no_escape_stays() {
        assert_eq!(unescape(r"/a\040b\134c\011"), "/a b\\c\t");
        assert_eq!(unescape(r"/a\9z\"), r"/a\9z\");
    }

    #[test]
    fn the_way_to_a_container_leaves_out_what_is_not_seen_and_never_leads_out() {
        let mount = |root: &str| Mount {
            root: root.into(),
            point: "/sys/fs/cgroup".into(),
            options: None,
        };
        let way = |root: &str, cgroup: &'static str| mount(root).way(Path::new(cgroup)).to_owned();
        assert_eq!(
            way("/", "/a.slice/b.service"),
            Path::new("a.slice/b.service")
        );
        assert_eq!(way("/docker/a1", "/docker/a1"), Path::new(""));
        assert_eq!(way("/docker/a1", "/docker/a1/b"), Path::new("b"));
        assert_eq!(way("/docker/a1", "/docker/a11"), Path::new(""));
        assert_eq!(way("/", "/../../etc"), Path::new(""));
    }
}
