//! Folder: where the files of one controller are for this process, and for those around it.

use std::fs;
use std::path::{Path, PathBuf};

use super::mount::Mount;

/// Deeper than any tree that somebody made on purpose.
const DEEPEST: usize = 32;

/// Which of the two ways of naming and writing its files a controller has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    One,
    Two,
}

/// The folders of one controller, this process's own first, and then those around it as far as they can be seen: a limit
/// of any of them holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Folders {
    pub(super) version: Version,
    pub(super) levels: Vec<PathBuf>,
}

/// What is known of the hierarchies.
#[derive(Debug)]
pub(super) struct Places<'a> {
    root: &'a Path,
    /// `/proc/self/cgroup`: a line a hierarchy.
    memberships: String,
    mounts: Vec<Mount>,
}

/// The folder of the unified hierarchy, for a process that is in a cgroup.
pub(in super::super) fn unified(root: &Path) -> Option<PathBuf> {
    Places::read(root)?.unified()?.levels.into_iter().next()
}

impl<'a> Places<'a> {
    pub(super) fn read(root: &'a Path) -> Option<Self> {
        let read = |path| {
            let bytes = fs::read(root.join(path)).ok()?;
            Some(String::from_utf8_lossy(&bytes).into_owned())
        };
        let mounts = read("proc/self/mountinfo")?;
        Some(Self {
            root,
            memberships: read("proc/self/cgroup")?,
            mounts: mounts.lines().filter_map(Mount::parse).collect(),
        })
    }

    /// Where this controller is, in whichever version has it. A machine can have both, each with some.
    pub(super) fn of(&self, controller: &str) -> Option<Folders> {
        let one = self.memberships().find_map(|(controllers, cgroup)| {
            let has = controllers.split(',').any(|one| one == controller);
            has.then_some(cgroup)
        });
        match one {
            Some(cgroup) => {
                let mut mounts = self.mounts.iter();
                let mount = mounts.find(|mount| mount.controls(controller))?;
                self.folders(Version::One, mount, cgroup)
            }
            None => self.unified(),
        }
    }

    fn unified(&self) -> Option<Folders> {
        let mut memberships = self.memberships();
        let (_, cgroup) = memberships.find(|(controllers, _)| controllers.is_empty())?;
        let mount = self.mounts.iter().find(|mount| mount.options.is_none())?;
        self.folders(Version::Two, mount, cgroup)
    }

    /// The controllers of each hierarchy, and the cgroup that this process is in.
    fn memberships(&self) -> impl Iterator<Item = (&str, &str)> {
        self.memberships.lines().filter_map(|line| {
            let (_, rest) = line.split_once(':')?;
            rest.split_once(':')
        })
    }

    fn folders(&self, version: Version, mount: &Mount, cgroup: &str) -> Option<Folders> {
        let relative = mount.point.strip_prefix("/").unwrap_or(&mount.point);
        let point = self.root.join(relative);
        let own = point.join(mount.way(Path::new(cgroup)));
        // A container that was given the host's names and only its own part of the tree.
        let own = if own.is_dir() { own } else { point.clone() };
        let levels: Vec<_> = own
            .ancestors()
            .take_while(|folder| folder.starts_with(&point))
            .take(DEEPEST)
            .filter(|folder| !version.is_whole_machine(folder))
            .map(Path::to_owned)
            .collect();
        (!levels.is_empty()).then_some(Folders { version, levels })
    }
}

impl Version {
    /// The root of a hierarchy holds nobody to anything, and what it counts is the machine's.
    fn is_whole_machine(self, folder: &Path) -> bool {
        match self {
            Self::One => folder.join("release_agent").exists(),
            Self::Two => !folder.join("cgroup.type").exists(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(cgroup: &str, mounts: &str, files: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let mut all = vec![
            ("proc/self/cgroup", cgroup),
            ("proc/self/mountinfo", mounts),
        ];
        all.extend(files.iter().map(|file| (*file, "")));
        for (path, text) in all {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    fn levels(root: &tempfile::TempDir, controller: &str) -> Option<(Version, Vec<String>)> {
        let folders = Places::read(root.path())?.of(controller)?;
        let relative = |level: &PathBuf| {
            let level = level.strip_prefix(root.path()).unwrap();
            level.to_str().unwrap().to_owned()
        };
        Some((
            folders.version,
            folders.levels.iter().map(relative).collect(),
        ))
    }

    const TWO: &str = "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";

    #[test]
    fn a_service_of_systemd_is_held_by_its_slice_too() {
        let root = tree(
            "0::/system.slice/web.service\n",
            TWO,
            &[
                "sys/fs/cgroup/cgroup.procs",
                "sys/fs/cgroup/system.slice/cgroup.type",
                "sys/fs/cgroup/system.slice/web.service/cgroup.type",
            ],
        );
        let own = "sys/fs/cgroup/system.slice/web.service".to_owned();
        let slice = "sys/fs/cgroup/system.slice".to_owned();
        let found = Some((Version::Two, vec![own, slice]));
        assert_eq!(levels(&root, "memory"), found);
    }

    #[test]
    fn a_container_with_names_of_its_own_sees_itself_as_the_root() {
        let root = tree("0::/\n", TWO, &["sys/fs/cgroup/cgroup.type"]);
        let found = Some((Version::Two, vec!["sys/fs/cgroup".to_owned()]));
        assert_eq!(levels(&root, "cpu"), found);
    }

    #[test]
    fn a_container_of_version_1_finds_its_part_of_the_tree() {
        let root = tree(
            "4:memory:/docker/a1\n2:cpu,cpuacct:/docker/a1\n0::/\n",
            "33 31 0:29 /docker/a1 /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct\n\
             35 31 0:32 / /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n",
            &[
                "sys/fs/cgroup/cpu,cpuacct/cpu.stat",
                "sys/fs/cgroup/memory/memory.limit_in_bytes",
            ],
        );
        let one = |folder: &str| Some((Version::One, vec![folder.to_owned()]));
        assert_eq!(levels(&root, "cpu"), one("sys/fs/cgroup/cpu,cpuacct"));
        // The host's name of it, which is not there.
        assert_eq!(levels(&root, "memory"), one("sys/fs/cgroup/memory"));
    }

    #[test]
    fn a_machine_with_both_versions_uses_the_one_that_has_the_controller() {
        let root = tree(
            "1:memory:/web\n0::/web\n",
            "31 30 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n\
             41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n",
            &[
                "sys/fs/cgroup/memory/release_agent",
                "sys/fs/cgroup/memory/web/tasks",
                "sys/fs/cgroup/unified/web/cgroup.type",
            ],
        );
        let memory = vec!["sys/fs/cgroup/memory/web".to_owned()];
        assert_eq!(levels(&root, "memory"), Some((Version::One, memory)));
        let cpu = vec!["sys/fs/cgroup/unified/web".to_owned()];
        assert_eq!(levels(&root, "cpu"), Some((Version::Two, cpu)));
    }

    #[test]
    fn the_whole_machine_is_no_cgroup() {
        let root = tree("0::/\n", TWO, &["sys/fs/cgroup/cgroup.procs"]);
        assert_eq!(levels(&root, "memory"), None);
        let old = tree(
            "4:memory:/\n",
            "31 30 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n",
            &["sys/fs/cgroup/memory/release_agent"],
        );
        assert_eq!(levels(&old, "memory"), None);
        assert_eq!(levels(&tree("", "", &[]), "memory"), None);
        assert_eq!(levels(&tempfile::tempdir().unwrap(), "memory"), None);
    }
}
