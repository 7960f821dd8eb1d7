//! docs/reasons.md says of every reason what it means, who is to blame and what to do.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

use fedimetrics_core::Reason;

/// A row of a table with a reason: the words in its first cell, and the other cells.
fn rows(text: &str) -> Vec<(Vec<&str>, Vec<&str>)> {
    let mut rows = Vec::new();
    let mut within = false;
    for line in text.lines() {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        match &cells[..] {
            ["", "reason", ..] => within = true,
            ["", "---", ..] => {}
            ["", words, rest @ .., ""] if within => {
                rows.push((
                    words
                        .split('`')
                        .filter(|word| !word.trim().is_empty())
                        .collect(),
                    rest.to_vec(),
                ));
            }
            _ => within = false,
        }
    }
    rows
}

#[test]
fn every_reason_has_a_meaning_its_blame_and_something_to_do() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reasons.md");
    let text = fs::read_to_string(path).unwrap();
    let blames: HashMap<_, _> = Reason::all()
        .take(Reason::COUNT)
        .map(|reason| (reason.as_str(), reason.blame().as_str()))
        .collect();
    let mut told = HashSet::new();
    for (words, cells) in rows(&text) {
        let [means, blame, action] = cells[..] else {
            panic!("{words:?} has {cells:?}")
        };
        for word in words {
            assert_eq!(blames.get(word), Some(&blame), "who is to blame for {word}");
            assert!(told.insert(word), "{word} is told twice");
            for sentence in [means, action] {
                assert!(
                    sentence.ends_with('.'),
                    "{word}: {sentence:?} is no sentence"
                );
            }
        }
    }
    let missing: Vec<_> = blames
        .keys()
        .filter(|word| !told.contains(**word))
        .collect();
    assert!(
        missing.is_empty(),
        "docs/reasons.md does not tell {missing:?}"
    );
}
