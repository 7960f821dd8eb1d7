//! LabelBlock: a series' labels as they are printed between the braces, encoded once.

use super::name;

/// A series' labels as they are printed between the braces: `a="b",c="d"`. Encoding is injective, so two blocks are
/// equal exactly if their labels are.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct LabelBlock(Box<str>);

impl LabelBlock {
    /// Encodes labels in the order in which they come.
    pub(crate) fn encode<'a>(labels: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut block = String::new();
        for (key, value) in labels {
            if !block.is_empty() {
                block.push(',');
            }
            block.push_str(&name::label(key));
            block.push_str("=\"");
            escape(value, true, &mut block);
            block.push('"');
        }
        Self(block.into())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the text format escapes: backslash, line feed and, within labels, the quote.
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
        assert_eq!(encode("x\"y\\\n").as_str(), r#"a="x\"y\\\n""#);
        assert_ne!(encode(r#"a\"b"#), encode(r#"a"b"#));
        assert_ne!(encode("a\nb"), encode(r"a\nb"));
    }
}
