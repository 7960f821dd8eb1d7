//! A group: a control group of whichever version the machine has, gone when it is dropped.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io, process, thread};

/// Where they are.
const ROOT: &str = "/sys/fs/cgroup";

/// Bytes of memory that those in it may have: many times what the server needs.
const MEMORY: &str = "402653184";

/// Half a core: microseconds, and of how many.
const QUOTA: [&str; 2] = ["50000", "100000"];

/// How long those in it may take to be gone.
const ENDS: u32 = 100;

/// A folder in version 2, and one a controller in version 1.
#[derive(Default)]
pub(super) struct Group {
    folders: Vec<PathBuf>,
}

impl Group {
    /// One with limits; the error says why there can be none.
    pub(super) fn make() -> Result<Self, String> {
        let mut group = Self::default();
        let root = Path::new(ROOT);
        let made = if root.join("cgroup.controllers").exists() {
            group.version_2(root)
        } else {
            group.version_1(root)
        };
        made.map_err(|error| format!("no control group can be made in {ROOT}: {error}"))?;
        Ok(group)
    }

    /// The files that a process writes its number to, to be in it.
    pub(super) fn doors(&self) -> Vec<String> {
        let doors = self.folders.iter();
        doors
            .map(|folder| folder.join("cgroup.procs").display().to_string())
            .collect()
    }

    fn version_2(&mut self, root: &Path) -> io::Result<()> {
        fs::write(root.join("cgroup.subtree_control"), "+cpu +memory")?;
        let folder = self.add(root)?;
        fs::write(folder.join("memory.max"), MEMORY)?;
        fs::write(folder.join("cpu.max"), QUOTA.join(" "))?;
        // Not there where the kernel has no swap.
        let _ = fs::write(folder.join("memory.swap.max"), "0");
        Ok(())
    }

    fn version_1(&mut self, root: &Path) -> io::Result<()> {
        let memory = self.add(&root.join("memory"))?;
        fs::write(memory.join("memory.limit_in_bytes"), MEMORY)?;
        let _ = fs::write(memory.join("memory.memsw.limit_in_bytes"), MEMORY);
        let cpu = self.add(&root.join("cpu"))?;
        let [quota, period] = QUOTA;
        fs::write(cpu.join("cpu.cfs_period_us"), period)?;
        fs::write(cpu.join("cpu.cfs_quota_us"), quota)
    }

    fn add(&mut self, hierarchy: &Path) -> io::Result<PathBuf> {
        let folder = hierarchy.join(format!("fedimetrics-{}", process::id()));
        fs::create_dir(&folder)?;
        self.folders.push(folder.clone());
        Ok(folder)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        for folder in &self.folders {
            // Busy until the last one in it has been buried.
            for _ in 0..ENDS {
                if fs::remove_dir(folder).is_ok() {
                    break;
                }
                thread::sleep(Duration::from_millis(20));
            }
        }
    }
}
