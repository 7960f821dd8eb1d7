//! Published: a file that is there as long as this value is.

use std::collections::hash_map::RandomState;
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, Hasher};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::{fmt, process};

use super::{FileSd, Problem, json, target};
use crate::error::{Error, Kind};

/// A target that is published. Dropping it removes the file, unless another process has taken the slot over by then.
///
/// It is not removed when a process is killed, or ends in `std::process::exit` while this value lives.
#[derive(Debug)]
#[must_use = "the file is removed when this is dropped"]
pub struct Published {
    settings: FileSd,
    path: PathBuf,
    /// Which process, and which of its values: ids alone are not unique across containers that share a folder.
    owner: String,
}

impl Published {
    pub(super) fn new(settings: FileSd, target: &str) -> Result<Self, Problem> {
        let owner = format!(
            "{}-{:016x}",
            process::id(),
            RandomState::new().build_hasher().finish()
        );
        let published = Self {
            path: settings.folder.join(format!("{}.json", settings.slot)),
            settings,
            owner,
        };
        published.write(target)?;
        Ok(published)
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Says that the listener is elsewhere now.
    ///
    /// # Errors
    ///
    /// If the target cannot be scraped, the file cannot be written, or another process has taken the slot over.
    pub fn update(&self, target: impl fmt::Display) -> Result<(), Error> {
        let target = target::check(target.to_string()).map_err(Kind::FileSd)?;
        if self.path.exists() && !self.is_ours() {
            return Err(Kind::FileSd(Problem::Taken(self.path.clone())).into());
        }
        Ok(self.write(&target).map_err(Kind::FileSd)?)
    }

    fn write(&self, target: &str) -> Result<(), Problem> {
        let Self {
            settings,
            path,
            owner,
        } = self;
        // Hidden, and without `.json` at its end: no pattern finds it before it is whole.
        let whole = settings
            .folder
            .join(format!(".{}.{owner}.tmp", settings.slot));
        let text = json::group(target, &settings.labels, owner);
        let written = write(&whole, &text).and_then(|()| fs::rename(&whole, path));
        written.map_err(|source| {
            let _ = fs::remove_file(&whole);
            Problem::Write {
                path: path.clone(),
                hint: hint(source.kind()),
                source,
            }
        })
    }

    fn is_ours(&self) -> bool {
        fs::read_to_string(&self.path).is_ok_and(|text| text.contains(&self.owner))
    }
}

impl Drop for Published {
    fn drop(&mut self) {
        // Somebody who takes the slot over between the two loses his file; he would have to start at that very moment.
        if !self.is_ours() {
            return;
        }
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!(
                path = %self.path.display(),
                %error,
                "a target could not be removed: remove the file, or it is scraped in vain"
            );
        }
    }
}

/// It need not outlive a power cut: neither does the process.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    readable(&file)?;
    file.write_all(text.as_bytes())
}

/// Whoever scrapes is another user, and this process's umask is not about him.
#[cfg(unix)]
fn readable(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &File) -> io::Result<()> {
    Ok(())
}

fn hint(kind: io::ErrorKind) -> &'static str {
    match kind {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            "make the folder first, readable for whoever scrapes; systemd's RuntimeDirectory= does"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "let this process's user write to the folder"
        }
        _ => "a file cannot be made there",
    }
}
