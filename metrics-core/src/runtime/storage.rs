//! Storage: how much room is left where a folder is.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use rustix::fs::statvfs;

use crate::catalogue::{STORAGE_FREE, STORAGE_SIZE};
use crate::collect::{Collector, Samples};

/// How long a scrape waits for a file system. A network's that hangs would keep it for ever.
const PATIENCE: Duration = Duration::from_millis(100);

/// A folder that the host named.
#[derive(Debug)]
pub(crate) struct Storage {
    component: &'static str,
    path: PathBuf,
    /// Whether a thread of an earlier scrape still waits for the file system.
    hangs: Arc<AtomicBool>,
}

/// In bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Room {
    free: f64,
    size: f64,
}

impl Storage {
    pub(crate) fn new(component: &'static str, path: PathBuf) -> Self {
        Self {
            component,
            path,
            hangs: Arc::default(),
        }
    }

    /// Asks on a short thread of its own, and only one at a time: one that hangs is left alone until it returns.
    fn ask(&self, read: impl FnOnce(PathBuf) -> Option<Room> + Send + 'static) -> Option<Room> {
        if self.hangs.swap(true, Ordering::AcqRel) {
            return None;
        }
        let returned = Returned(self.hangs.clone());
        let path = self.path.clone();
        let (answer, answered) = sync_channel(1);
        let asking = thread::Builder::new()
            .name("metrics-storage".into())
            .spawn(move || {
                let room = read(path);
                drop(returned);
                let _ = answer.send(room);
            });
        asking.ok()?;
        answered.recv_timeout(PATIENCE).ok()?
    }
}

/// Says that the thread is back, however that came about.
struct Returned(Arc<AtomicBool>);

impl Drop for Returned {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

impl Collector for Storage {
    fn name(&self) -> &'static str {
        "storage"
    }

    fn collect(&self, samples: &mut Samples) {
        if let Some(room) = self.ask(|path| Room::of(&path)) {
            samples.add(&STORAGE_FREE, &[self.component], room.free);
            samples.add(&STORAGE_SIZE, &[self.component], room.size);
        }
    }
}

impl Room {
    fn of(path: &std::path::Path) -> Option<Self> {
        let found = statvfs(path).ok()?;
        let block = found.f_frsize as f64;
        // Some that have no size, such as those that stand for a bucket far away, say 0.
        (found.f_blocks > 0).then_some(Self {
            free: found.f_bavail as f64 * block,
            size: found.f_blocks as f64 * block,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;
    use crate::Exporter;
    use crate::testing::Scrape;

    #[test]
    fn a_folder_has_room_and_one_that_is_not_there_is_absent() {
        let folder = tempfile::tempdir().unwrap();
        let exporter = Exporter::builder()
            .with_storage("media", folder.path())
            .with_storage("cache", folder.path().join("gone"))
            .build()
            .unwrap();
        let scrape = Scrape::of(&exporter);
        let media = [("component", "media")];
        let size = scrape.value("storage_size_bytes", &media).unwrap();
        let free = scrape.value("storage_free_bytes", &media).unwrap();
        assert!(size > 1e6 && free <= size, "{free} of {size}");
        let cache = [("component", "cache")];
        assert_eq!(scrape.value("storage_size_bytes", &cache), None);
    }

    #[test]
    fn a_file_system_that_hangs_keeps_one_thread_and_no_scrape() {
        let storage = Storage::new("media", PathBuf::new());
        let room = Room {
            free: 1.0,
            size: 2.0,
        };
        let (release, hang) = channel::<()>();
        let hanging = move |_| {
            let _ = hang.recv();
            Some(room)
        };
        assert_eq!(storage.ask(hanging), None);
        assert_eq!(
            storage.ask(|_| unreachable!("one thread hangs already")),
            None
        );
        drop(release);
        let back = || storage.ask(move |_| Some(room));
        assert!((0..).find_map(|_| back()).is_some());
    }
}
