//! Kept: a small file of the kernel's that stays open. Reading it again costs 5 µs, opening it anew 27.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// Longer than any file that is read here; of a longer one the first part is read.
const ROOM: usize = 4096;

/// A small file of the kernel's that stays open, or one that is not there.
#[derive(Debug, Default)]
pub(super) struct Kept(Option<File>);

impl Kept {
    pub(super) fn open(path: impl AsRef<Path>) -> Self {
        Self(File::open(path).ok())
    }

    /// What the parser finds in it now.
    pub(super) fn read<T>(&self, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let mut bytes = [0; ROOM];
        let length = self.0.as_ref()?.read_at(&mut bytes, 0).ok()?;
        // A process can be called anything: its name need not be UTF-8.
        parse(&String::from_utf8_lossy(bytes.get(..length)?))
    }
}

/// The number behind this word, in a file with a word and a number a line.
pub(super) fn number(text: &str, word: &str) -> Option<u64> {
    text.lines().find_map(|line| {
        let mut words = line.split_ascii_whitespace();
        (words.next()? == word).then(|| words.next()?.parse().ok())?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_as_it_is_now_not_as_it_was_opened() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "one").unwrap();
        let kept = Kept::open(&path);
        let read = || kept.read(|text| Some(text.to_owned()));
        assert_eq!(read().as_deref(), Some("one"));
        std::fs::write(&path, b"two \xff").unwrap();
        assert_eq!(read().as_deref(), Some("two \u{fffd}"));
        std::fs::write(&path, vec![b'7'; 2 * ROOM]).unwrap();
        assert_eq!(read().map(|text| text.len()), Some(ROOM));
        assert_eq!(
            Kept::open(folder.path().join("gone")).read(|_| Some(())),
            None
        );
    }

    #[test]
    fn a_word_is_found_whole_and_its_number_whole() {
        let text =
            "oom_kill_disable 0\nunder_oom 0\noom_kill 3\nhuge 99999999999999999999999\nbare\n";
        assert_eq!(number(text, "oom_kill"), Some(3));
        assert_eq!(number(text, "oom"), None);
        assert_eq!(number(text, "huge"), None);
        assert_eq!(number(text, "bare"), None);
    }
}
