//! LabelBlock: a series' labels as they are printed, encoded once. What comes from strangers is cleaned here.

use std::borrow::Cow;

/// The longest label value that is kept, in bytes. Nobody reads more in a legend, and a megabyte would break a scrape.
const LONGEST: usize = 256;

/// A series' labels as they are printed between a name and a number: `{a="b",c="d"} `, or a space if there are none.
/// Encoding is injective, so two blocks are equal exactly if their labels are.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LabelBlock(Box<str>);

impl LabelBlock {
    /// Encodes labels in the order in which they come. Keys are names already.
    pub(crate) fn encode<'a>(labels: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut block = String::new();
        for (key, value) in labels {
            block.push(if block.is_empty() { '{' } else { ',' });
            block.push_str(key);
            block.push_str("=\"");
            escape(&clean(value), true, &mut block);
            block.push('"');
        }
        block.push_str(if block.is_empty() { " " } else { "} " });
        Self(block.into())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// All of a label block that stands before one more label: the opening brace, and its labels with a comma behind them.
pub(super) fn open(block: &str) -> (&str, &str) {
    block
        .strip_suffix("} ")
        .map_or(("{", ""), |labels| (labels, ","))
}

/// The longest help text that is kept, in bytes.
const LONGEST_HELP: usize = 1024;

/// A value without what breaks a line, a terminal or a reader's eye: control characters but the line feed, which every
/// format escapes, other line ends, and marks that turn the direction of writing. And not longer than need be.
///
/// Two values that differ in nothing else are one series, which counts both.
pub(super) fn clean(value: &str) -> Cow<'_, str> {
    clean_to(value, LONGEST)
}

/// A help text, cleaned alike.
pub(super) fn clean_help(help: &str) -> String {
    clean_to(help, LONGEST_HELP).into_owned()
}

fn clean_to(value: &str, longest: usize) -> Cow<'_, str> {
    let plain = |byte| matches!(byte, b' '..=b'~' | b'\n');
    if value.len() <= longest && (value.bytes().all(plain) || !value.chars().any(breaks)) {
        return Cow::Borrowed(value);
    }
    let mut cleaned = String::with_capacity(value.len().min(longest));
    for c in value.chars() {
        let c = if breaks(c) {
            char::REPLACEMENT_CHARACTER
        } else {
            c
        };
        if cleaned.len() + c.len_utf8() + '…'.len_utf8() > longest {
            cleaned.push('…');
            break;
        }
        cleaned.push(c);
    }
    Cow::Owned(cleaned)
}

fn breaks(c: char) -> bool {
    c.is_control() && c != '\n'
        || matches!(c, '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// What every text format escapes: backslash, line feed and, within labels, the quote.
pub(super) fn escape(text: &str, quotes: bool, into: &mut String) {
    for c in text.chars() {
        match c {
            '\\' => into.push_str("\\\\"),
            '\n' => into.push_str("\\n"),
            '"' if quotes => into.push_str("\\\""),
            c => into.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaping_keeps_values_apart() {
        let encode = |value| LabelBlock::encode([("a", value)].into_iter());
        assert_eq!(encode("x\"y\\\n").as_str(), r#"{a="x\"y\\\n"} "#);
        assert_ne!(encode(r#"a\"b"#), encode(r#"a"b"#));
        assert_ne!(encode("a\nb"), encode(r"a\nb"));
    }

    #[test]
    fn what_breaks_a_line_or_an_eye_is_replaced() {
        assert_eq!(clean("plain é 日本"), "plain é 日本");
        assert_eq!(
            clean("a\0b\r\u{2028}\u{202E}c\u{85}"),
            "a\u{FFFD}b\u{FFFD}\u{FFFD}\u{FFFD}c\u{FFFD}"
        );
    }

    #[test]
    fn a_megabyte_is_cut_between_characters() {
        let cut = clean(&"日".repeat(350_000)).into_owned();
        assert!(
            cut.len() <= LONGEST && cut.ends_with("日…"),
            "{} bytes",
            cut.len()
        );
        let kept = "x".repeat(LONGEST);
        assert_eq!(clean(&kept), kept);
        assert!(clean(&format!("{kept}y")).ends_with("x…"));
    }

    #[test]
    fn what_is_clean_stays_as_it_is() {
        for value in [
            "日".repeat(LONGEST / 3),
            "\0".repeat(LONGEST),
            "é\r".repeat(LONGEST),
        ] {
            let once = clean(&value).into_owned();
            assert!(once.len() <= LONGEST, "{} bytes", once.len());
            assert!(matches!(clean(&once), Cow::Borrowed(_)));
        }
    }
}
