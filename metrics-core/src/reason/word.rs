//! Word: a reason of the host's own, and the table in which its place is kept.

use std::sync::{Mutex, OnceLock, PoisonError};

use super::{Blame, Reason};
use crate::error::Error;

/// How many words a process can have of its own.
const CAP: usize = 16;

/// Longer than every word of ours by half. It is read in legends.
const LONGEST: usize = 32;

/// A reason of the host's own, for what only its code can know: a word beside ours, in every family with a label
/// `reason`, and who has to mend it.
///
/// It is declared once, by [`Builder::with_reasons`](crate::Builder::with_reasons) or, where another recorder serves the
/// process, by [`declare`](Self::declare). A process has room for 16. They are only ever added, so no error and no remote
/// server can make one; and what is declared when a job is [watched](crate::Builder::watch) reads 0 from the first scrape,
/// as ours do.
///
/// # Examples
///
/// ```
/// use fedimetrics_core::{Blame, Exporter, Reason, Word};
///
/// const SUSPENDED: Word = Word::new("suspended", Blame::Us);
///
/// let exporter = Exporter::builder().with_reasons(&[SUSPENDED]).build()?;
/// assert_eq!(SUSPENDED.reason().as_str(), "suspended");
/// assert_eq!(SUSPENDED.reason().blame(), Blame::Us);
/// let error = SUSPENDED.reason().because("the account is suspended");
/// assert_eq!(Reason::classify(&error), SUSPENDED.reason());
/// # Ok::<(), fedimetrics_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Word {
    word: &'static str,
    blame: Blame,
}

/// The place of a declared [`Word`]: what a [`Reason`] carries, in one byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Own(u8);

/// Only ever added to, from the front, so reading it takes no lock.
static TABLE: [OnceLock<Word>; CAP] = [const { OnceLock::new() }; CAP];

/// Held while words are checked and added: all of a declaration or none of it.
static DECLARING: Mutex<()> = Mutex::new(());

impl Word {
    /// A word, and who has to mend it. Nothing is checked before it is declared.
    #[must_use]
    pub const fn new(word: &'static str, blame: Blame) -> Self {
        Self { word, blame }
    }

    /// The word itself.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.word
    }

    /// Who has to mend it.
    #[must_use]
    pub const fn blame(self) -> Blame {
        self.blame
    }

    /// The reason with this word; [`Reason::Other`] as long as it is not declared.
    #[must_use]
    pub fn reason(self) -> Reason {
        let place = declared().position(|known| known == self);
        place.map_or(Reason::Other, |place| Reason::Own(Own(place as u8)))
    }

    /// Declares words for the process, all of them or none. One that is declared already stays what it is.
    ///
    /// # Errors
    ///
    /// If one is not made of `a` to `z`, digits and `_`, is one of ours, is declared already with another blame, or if
    /// there is no room: a process has 16.
    pub fn declare(words: &[Self]) -> Result<(), Error> {
        let _declaring = DECLARING.lock().unwrap_or_else(PoisonError::into_inner);
        let mut known: Vec<_> = declared().collect();
        for word in words {
            word.check().map_err(Problem::into_error)?;
            match known.iter().find(|known| known.word == word.word) {
                Some(same) if same.blame == word.blame => {}
                Some(same) => {
                    return Err(Problem::Blame(word.word, same.blame.as_str()).into_error());
                }
                None => known.push(*word),
            }
        }
        if known.len() > CAP {
            return Err(Problem::Full(known.len()).into_error());
        }
        for (slot, word) in TABLE.iter().zip(known) {
            slot.get_or_init(|| word);
        }
        Ok(())
    }

    fn check(self) -> Result<(), Problem> {
        let fits =
            self.word.len() <= LONGEST && self.word.starts_with(|c: char| c.is_ascii_lowercase());
        let plain = |byte: u8| byte == b'_' || byte.is_ascii_lowercase() || byte.is_ascii_digit();
        if !fits || !self.word.bytes().all(plain) {
            return Err(Problem::Spelling(self.word, respelled(self.word)));
        }
        if self.word.starts_with("http_") {
            return Err(Problem::Status(self.word));
        }
        match Reason::ours().find(|ours| ours.as_str() == self.word) {
            Some(ours) => Err(Problem::Ours(self.word, ours)),
            None => Ok(()),
        }
    }
}

impl From<Word> for Reason {
    fn from(word: Word) -> Self {
        word.reason()
    }
}

impl Own {
    /// How many there can be.
    pub(super) const CAP: usize = CAP;

    pub(super) fn all() -> impl Iterator<Item = Self> {
        declared().enumerate().map(|(place, _)| Self(place as u8))
    }

    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }

    /// Nobody has one of these without its word being declared.
    fn declared(self) -> Option<Word> {
        TABLE.get(self.index())?.get().copied()
    }

    pub(super) fn word(self) -> &'static str {
        self.declared().map_or("other", Word::as_str)
    }

    pub(super) fn blame(self) -> Blame {
        self.declared().map_or(Blame::Unclear, Word::blame)
    }
}

fn declared() -> impl Iterator<Item = Word> {
    TABLE.iter().map_while(|slot| slot.get().copied())
}

/// What could have been meant.
fn respelled(word: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '_'
        }
    };
    let word = word.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    let mut word: String = word.chars().map(plain).take(LONGEST).collect();
    while word.ends_with('_') {
        word.pop();
    }
    if word.is_empty() {
        "suspended".into()
    } else {
        word
    }
}

/// Why words cannot be declared.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    #[error(
        "`{0}` cannot be a reason: write {LONGEST} characters at most, of `a` to `z`, digits and `_`, a letter first, such as `{1}`"
    )]
    Spelling(&'static str, String),
    #[error(
        "`{0}` cannot be a reason of your own: what begins with `http_` is a status, so write `Reason::http` where it was answered"
    )]
    Status(&'static str),
    #[error(
        "`{0}` is a reason already: write `Reason::{1:?}` where it is meant, or another word where it is not"
    )]
    Ours(&'static str, Reason),
    #[error("`{0}` was declared with the blame `{1}` before: write the same, or another word")]
    Blame(&'static str, &'static str),
    #[error(
        "{0} reasons of your own are too many: declare {CAP} at most, and write the rest into a log"
    )]
    Full(usize),
}

impl Problem {
    fn into_error(self) -> Error {
        crate::error::Kind::Word(self).into()
    }
}
