//! Limits: what the machine gives this process is used up. Each of them stops where somebody has set a limit, or soon after, so
//! that a machine without limits survives it.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use super::Fault;
use crate::Running;

/// So much memory is taken at most.
const MOST: f64 = (1_u64 << 30) as f64;
/// Of the limit on memory, so much is used.
const USED: f64 = 0.92;
/// So often is looked whether it is enough: what was taken can push out what was there.
const LOOKS: usize = 5;

/// So many files are opened at most.
const FILES: usize = 4096;

/// So much storage is filled at most, in pieces of a mebibyte.
const STORED: u64 = 64 << 20;
/// One of them.
static PIECE: [u8; 1 << 20] = [1; 1 << 20];

/// Over once it is dropped.
struct Burning(Arc<AtomicBool>);

impl Drop for Burning {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Ended, if it has not come to its end, and waited for.
struct Started(Child);

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A file that is gone when it is dropped.
struct Ballast(PathBuf);

impl Drop for Ballast {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

impl Running {
    /// So many threads compute, and never come to an end.
    pub fn burn_cpu(&self, threads: usize) -> Fault {
        let over = Arc::new(AtomicBool::new(false));
        for _ in 0..threads {
            let over = Arc::clone(&over);
            thread::spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        Fault::held(Burning(over))
    }

    /// Memory is taken until the limit of the control group is near. Where there is none, nothing is.
    pub fn fill_memory(&self) -> Fault {
        let mut taken: Vec<Vec<u8>> = Vec::new();
        for _ in 0..LOOKS {
            let Some((usage, limit)) = self.memory() else {
                break;
            };
            let more = USED * limit.min(MOST) - usage;
            taken.push(vec![1; more.max(0.0) as usize]);
        }
        Fault::held(taken)
    }

    /// A child that takes all the memory there is, until the kernel kills it, and nobody else, for that. Where the control group
    /// has no limit, there is none.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub fn starve_a_child(&self) -> io::Result<Option<Fault>> {
        if self.memory().is_none() {
            return Ok(None);
        }
        // A line that never ends has to be remembered whole. More than two gigabytes it cannot have in any case.
        let line = "ulimit -v 2097152; echo 1000 >/proc/self/oom_score_adj; exec tail /dev/zero";
        let mut command = Command::new("sh");
        let child = command.args(["-c", line]).stdout(Stdio::null()).spawn()?;
        Ok(Some(Fault::held(Started(child))))
    }

    /// Files are opened and never closed, until one in ten of those that could be opened is left.
    pub fn leak_files(&self) -> Fault {
        let open = (0..FILES).map_while(|_| File::open("/dev/null").ok());
        let mut files: Vec<_> = open.collect();
        files.truncate(files.len() - files.len() / 10);
        Fault::held(files)
    }

    /// A file fills what is left of the storage, but for a little, or has 64 MiB.
    ///
    /// # Errors
    ///
    /// When there can be none.
    pub fn fill_storage(&self) -> io::Result<Fault> {
        let path = self.data().join("ballast");
        let mut file = File::create(&path)?;
        let ballast = Ballast(path);
        let mut length = 0;
        while length < STORED && file.write_all(&PIECE).is_ok() {
            length += PIECE.len() as u64;
        }
        // The last piece is in it in part: the rest stays free.
        file.set_len(length)?;
        Ok(Fault::held(ballast))
    }

    /// How much memory the control group uses, and may, as a scrape shows it.
    fn memory(&self) -> Option<(f64, f64)> {
        let text = self.telemetry.exporter.render();
        let shown = |name: &str| -> Option<f64> {
            let mut lines = text.lines();
            let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
            value.parse().ok()
        };
        Some((
            shown("cgroup_memory_usage_bytes")?,
            shown("cgroup_memory_limit_bytes")?,
        ))
    }
}
