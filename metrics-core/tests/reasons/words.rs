//! Words of the host's own.

use fedimetrics_core::{Blame, Error, Exporter, Failure, Reason, Word};

const SUSPENDED: Word = Word::new("suspended", Blame::Us);

fn declared(words: &[Word]) -> Result<(), Error> {
    Exporter::builder().with_reasons(words).build().map(drop)
}

fn refused(word: &'static str) -> String {
    let known = Reason::all().count();
    let words = [
        Word::new("never_declared", Blame::Us),
        Word::new(word, Blame::Us),
    ];
    let error = declared(&words).unwrap_err();
    assert!(error.is_word(), "{error}");
    assert_eq!(Reason::all().count(), known, "all of them or none");
    error.to_string()
}

/// One test, since the table is the process's.
#[test]
fn words_are_declared_once_and_only_ever_added() {
    assert_eq!(SUSPENDED.reason(), Reason::Other, "not declared yet");
    assert_eq!(Reason::all().count(), Reason::COUNT);

    for (word, said) in [
        ("Spam Filter!", "such as `spam_filter`"),
        ("2many", "such as `many`"),
        ("", "such as `suspended`"),
        ("_other", "such as `other`"),
        ("gel\u{f6}scht", "such as `gel_scht`"),
        (
            "a_word_that_is_longer_than_anybody_reads",
            "such as `a_word_that_is_longer_than_anybo`",
        ),
        ("http_447", "write `Reason::http`"),
        ("panic", "write `Reason::Panic`"),
    ] {
        let message = refused(word);
        assert!(message.contains(said), "{message}");
    }

    declared(&[SUSPENDED]).unwrap();
    declared(&[SUSPENDED]).unwrap();
    let reason = SUSPENDED.reason();
    assert_eq!((reason.as_str(), reason.blame()), ("suspended", Blame::Us));
    assert_eq!(reason.to_string(), "suspended");
    assert_eq!(Reason::all().last(), Some(reason));
    assert_eq!(Reason::all().count(), Reason::COUNT + 1);
    assert_eq!(Reason::from(SUSPENDED), reason);
    let wrapped = std::io::Error::other(reason.because("by a moderator"));
    assert_eq!(wrapped.reason(), reason);

    let otherwise = Word::new("suspended", Blame::Gone);
    let message = declared(&[otherwise]).unwrap_err().to_string();
    assert!(message.contains("with the blame `us` before"), "{message}");
    assert_eq!(otherwise.reason(), Reason::Other);

    let words = [
        "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p",
    ];
    let words = words.map(|word| Word::new(word, Blame::Gone));
    let message = declared(&words).unwrap_err().to_string();
    assert!(
        message.contains("17 reasons of your own are too many: declare 16 at most"),
        "{message}"
    );
    assert_eq!(Reason::all().count(), Reason::COUNT + 1);
    declared(&words[..15]).unwrap();
    assert!(declared(&words).is_err());
    assert_eq!(words[15].reason(), Reason::Other);
    assert_eq!(SUSPENDED.reason(), reason, "its place is its own");
    for (place, reason) in Reason::all().enumerate() {
        assert_eq!(reason.index(), place, "{reason}");
    }
    assert_eq!(Reason::all().count(), Reason::PLACES);
}
