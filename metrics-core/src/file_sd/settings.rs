//! Settings: which file a process leaves, and which labels its series get.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use super::{Problem, Published, target};
use crate::error::{Error, Kind};

/// A folder that Prometheus watches, and the slot in it that belongs to this process.
///
/// A slot is a name that stays the same when its process is started anew: `web`, `worker-0`, `worker-1`; not the process's
/// id. It becomes the file's name, `<slot>.json`, and the label `instance`, so that a restart on another port goes on with
/// the same series. Where several hosts are read by one server, set `instance` to something that names the host, too.
///
/// # Examples
///
/// ```
/// use fedimetrics_core::FileSd;
/// # let folder = std::env::temp_dir().join(format!("fedimetrics-file-sd-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
///
/// let address = std::net::SocketAddr::from(([127, 0, 0, 1], 9464)); // what `Serving::local_addr` says
/// let published = FileSd::new(&folder, "worker-0")
///     .with_label("role", "worker")
///     .publish(address)?;
/// let json = std::fs::read_to_string(published.path())?;
/// assert!(json.contains(r#""targets":["127.0.0.1:9464"]"#) && json.contains(r#""role":"worker""#));
///
/// let path = published.path().to_owned();
/// drop(published); // when the process ends
/// assert!(!path.exists());
/// # std::fs::remove_dir(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is written until `publish`"]
pub struct FileSd {
    pub(super) folder: PathBuf,
    pub(super) slot: String,
    pub(super) labels: BTreeMap<String, String>,
}

impl FileSd {
    /// This slot of this folder. The folder has to be there already, and whoever scrapes must be allowed to read it:
    /// systemd's `RuntimeDirectory=fediverse/targets` makes one.
    pub fn new(folder: impl Into<PathBuf>, slot: impl Into<String>) -> Self {
        let slot = slot.into();
        Self {
            folder: folder.into(),
            labels: BTreeMap::from([("instance".to_owned(), slot.clone())]),
            slot,
        }
    }

    /// Puts a label on every series of this process. Defaults to `instance`, which is the slot.
    pub fn with_label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.insert(key.into(), value.into());
        self
    }

    /// Writes the file: whoever reads it sees all of it or nothing, and everybody may. `target` is the `host:port` that is
    /// scraped, usually what the listener says it listens on.
    ///
    /// A file that a killed process left in this slot is replaced. Until then its target reads `up == 0`, which is true.
    ///
    /// # Errors
    ///
    /// If the slot or a label is no name, if the target cannot be scraped (port 0, `0.0.0.0`), or if the folder cannot be
    /// written to.
    pub fn publish(self, target: impl fmt::Display) -> Result<Published, Error> {
        if !is_slot(&self.slot) {
            return Err(Kind::FileSd(Problem::Slot(self.slot)).into());
        }
        if let Some(key) = self.labels.keys().find(|key| !is_label(key)) {
            return Err(Kind::FileSd(Problem::Label(key.clone())).into());
        }
        let target = target::check(target.to_string()).map_err(Kind::FileSd)?;
        Ok(Published::new(self, &target).map_err(Kind::FileSd)?)
    }
}

fn is_slot(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=100).contains(&name.len()) && !name.starts_with('.') && name.bytes().all(fits)
}

fn is_label(key: &str) -> bool {
    !key.is_empty()
        && !key.starts_with(|first: char| first.is_ascii_digit())
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
