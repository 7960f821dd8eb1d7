//! Token file: tokens that can be exchanged while the server runs.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use quanta::Instant;

use super::digest::Digest;
use crate::error::{Error, Kind};

/// The file is looked at this often, at most.
const EVERY: Duration = Duration::from_secs(1);
/// A file that was written this shortly before it was read may be written again without a change of its times.
const RACY: Duration = Duration::from_secs(2);
/// More than this is no file of tokens.
const LONGEST: u64 = 64 * 1024;

/// A file of tokens, read again when it changes. One that cannot be read any more leaves the last good tokens in place.
#[derive(Debug)]
pub(super) struct TokenFile {
    path: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    digests: Arc<[Digest]>,
    stamp: Option<Stamp>,
    looked: Instant,
    complained: bool,
}

/// What was in the file, and by what a change of it will be known. Without a stamp it is read again next time.
type Contents = (Arc<[Digest]>, Option<Stamp>);

/// What changes when the file does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    inode: u64,
}

impl TokenFile {
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let (digests, stamp) = read(path)?;
        Ok(Self {
            path: path.into(),
            state: Mutex::new(State {
                digests,
                stamp,
                looked: Instant::now(),
                complained: false,
            }),
        })
    }

    /// The tokens as they are now, or were a second ago.
    pub(super) fn digests(&self) -> Arc<[Digest]> {
        let now = Instant::now();
        let mut state = self.state();
        if now.saturating_duration_since(state.looked) < EVERY {
            return state.digests.clone();
        }
        // One looks; whoever comes meanwhile takes the tokens of before, so that a slow disk delays one request only.
        state.looked = now;
        let known = state.stamp;
        drop(state);
        let found = self.look(known);
        let mut state = self.state();
        match found {
            Ok(None) => state.complained = false,
            Ok(Some((digests, stamp))) => {
                tracing::info!(path = %self.path.display(), tokens = digests.len(), "the metrics tokens were read again");
                state.digests = digests;
                state.stamp = stamp;
                state.complained = false;
            }
            Err(error) => {
                if !state.complained {
                    let error: &dyn std::error::Error = &error;
                    tracing::warn!(error, "the metrics tokens stay as they were");
                }
                state.complained = true;
            }
        }
        state.digests.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is in the file, if it is another one than the last time.
    fn look(&self, known: Option<Stamp>) -> Result<Option<Contents>, Error> {
        let unreadable = |source| Kind::TokenFile {
            path: self.path.clone(),
            source,
        };
        let metadata = fs::metadata(&self.path).map_err(unreadable)?;
        if !metadata.is_file() {
            // A pipe would keep a worker waiting for ever.
            return Err(unreadable(io::ErrorKind::InvalidInput.into()).into());
        }
        if known == Some(Stamp::of(&metadata)) {
            return Ok(None);
        }
        read(&self.path).map(Some)
    }
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self {
            modified: metadata.modified().ok(),
            length: metadata.len(),
            inode: inode(metadata),
        }
    }

    /// Whether a file that is read now would show another stamp once it changes.
    fn is_safe(&self) -> bool {
        self.modified
            .and_then(|modified| SystemTime::now().duration_since(modified).ok())
            .is_some_and(|age| age >= RACY)
    }
}

#[cfg(unix)]
fn inode(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn inode(_: &Metadata) -> u64 {
    0
}

/// One token a line; blank lines and lines with `#` at their start do not count.
fn read(path: &Path) -> Result<Contents, Error> {
    let unreadable = |source| Kind::TokenFile {
        path: path.into(),
        source,
    };
    let file = File::open(path).map_err(unreadable)?;
    let stamp = Stamp::of(&file.metadata().map_err(unreadable)?);
    let mut text = String::new();
    file.take(LONGEST)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    let tokens = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let digests = Digest::all(tokens, &path.display().to_string())?;
    Ok((digests.into(), Some(stamp).filter(Stamp::is_safe)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "c2NyYXBlIG1lIGdlbnRseQ";
    const NEW: &str = "bmV3ZXIgYW5kIGJldHRlcg";

    /// Whether the file lets these two in.
    fn lets_in(file: &TokenFile) -> (bool, bool) {
        let digests = file.digests();
        let known = |token: &str| Digest::of(token.as_bytes()).is_among(&digests);
        (known(OLD), known(NEW))
    }

    #[test]
    fn it_is_read_again_when_it_changes_and_looked_at_once_a_second() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        fs::write(&path, OLD).unwrap();
        let (clock, mock) = quanta::Clock::mock();
        quanta::with_clock(&clock, || {
            let file = TokenFile::open(&path).unwrap();
            // As long as the old one, in the same moment: only the contents tell.
            fs::write(&path, NEW).unwrap();
            assert_eq!(lets_in(&file), (true, false));
            mock.increment(EVERY);
            assert_eq!(lets_in(&file), (false, true));
            fs::write(&path, format!("# both\n{OLD}\n\n{NEW}\n")).unwrap();
            mock.increment(EVERY);
            assert_eq!(lets_in(&file), (true, true));
        });
    }

    #[test]
    fn what_cannot_be_read_leaves_the_last_good_tokens() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        fs::write(&path, OLD).unwrap();
        let (clock, mock) = quanta::Clock::mock();
        quanta::with_clock(&clock, || {
            let file = TokenFile::open(&path).unwrap();
            for bad in [
                "",
                "# none\n",
                "1234",
                "\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}",
            ] {
                fs::write(&path, bad).unwrap();
                mock.increment(EVERY);
                assert_eq!(lets_in(&file), (true, false), "{bad:?}");
                assert!(file.state().complained);
            }
            fs::remove_file(&path).unwrap();
            mock.increment(EVERY);
            assert_eq!(lets_in(&file), (true, false));
            fs::write(&path, NEW).unwrap();
            mock.increment(EVERY);
            assert_eq!(lets_in(&file), (false, true));
            assert!(!file.state().complained);
        });
    }

    #[test]
    fn an_old_file_is_not_read_again_while_it_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        fs::write(&path, OLD).unwrap();
        let hour_ago = SystemTime::now() - Duration::from_secs(3600);
        File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_modified(hour_ago)
            .unwrap();
        let file = TokenFile::open(&path).unwrap();
        let known = file.state().stamp;
        assert!(known.is_some());
        assert!(file.look(known).unwrap().is_none());
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert!(file.look(known).is_err());
    }
}
