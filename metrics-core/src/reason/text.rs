//! Comparing what an error says with what is known, without keeping any of it.

use std::fmt::{self, Display, Write};

/// Whether `shown` reads exactly like `text`.
pub(super) fn is(shown: &(impl Display + ?Sized), text: &str) -> bool {
    let mut rest = Rest(text);
    write!(rest, "{shown}").is_ok() && rest.0.is_empty()
}

/// Whether `shown` begins with `text`. No more of it is formatted than that.
#[allow(dead_code, reason = "only libraries' errors are asked")]
pub(super) fn begins(shown: &(impl Display + ?Sized), text: &str) -> bool {
    let mut first = First(text);
    let _ = write!(first, "{shown}");
    first.0.is_empty()
}

/// Which of these ends the text after `prefix`, if it begins with that.
pub(super) fn after<T: Copy>(
    shown: &(impl Display + ?Sized),
    prefix: &str,
    ends: &[(&str, T)],
) -> Option<Option<T>> {
    let mut tail = Tail {
        prefix,
        kept: [0; 96],
        len: 0,
    };
    if write!(tail, "{shown}").is_err() || !tail.prefix.is_empty() {
        return None;
    }
    let said = tail.kept.get(..tail.len).unwrap_or_default();
    Some(
        ends.iter()
            .find(|(end, _)| end.as_bytes() == said)
            .map(|(_, found)| *found),
    )
}

/// What must still come. The first other letter ends the comparison.
struct Rest<'a>(&'a str);

impl Write for Rest<'_> {
    fn write_str(&mut self, said: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(said).ok_or(fmt::Error)?;
        Ok(())
    }
}

/// What must still come. Once all of it has, nothing else is taken.
struct First<'a>(&'a str);

impl Write for First<'_> {
    fn write_str(&mut self, said: &str) -> fmt::Result {
        if let Some(rest) = self.0.strip_prefix(said) {
            self.0 = rest;
            return Ok(());
        }
        if said.starts_with(self.0) {
            self.0 = "";
        }
        Err(fmt::Error)
    }
}

/// Takes a prefix off and keeps a short end.
struct Tail<'a> {
    prefix: &'a str,
    kept: [u8; 96],
    len: usize,
}

impl Write for Tail<'_> {
    fn write_str(&mut self, said: &str) -> fmt::Result {
        let common = self.prefix.len().min(said.len());
        let (head, rest) = said.as_bytes().split_at(common);
        let (expected, prefix) = self.prefix.split_at_checked(common).ok_or(fmt::Error)?;
        if head != expected.as_bytes() {
            return Err(fmt::Error);
        }
        self.prefix = prefix;
        let room = self.kept.get_mut(self.len..).unwrap_or_default();
        // Longer than any known text: it stays unknown.
        let kept = room.get_mut(..rest.len()).ok_or(fmt::Error)?;
        kept.copy_from_slice(rest);
        self.len += rest.len();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_text_counts() {
        assert!(is("timed out", "timed out"));
        assert!(is(&format_args!("{} {}", "timed", "out"), "timed out"));
        assert!(!is("timed out!", "timed out"));
        assert!(!is("timed", "timed out"));
    }

    #[test]
    fn a_beginning_is_known_whatever_follows() {
        assert!(begins("reset: by them", "reset: "));
        assert!(begins(
            &format_args!("{}{}", "res", "et: by them"),
            "reset: "
        ));
        assert!(begins("reset: ", "reset: "));
        assert!(!begins("rese", "reset: "));
        assert!(!begins("a reset: by them", "reset: "));
        assert!(!begins(&format_args!("{}{}", "rest", "reset: "), "reset: "));
    }

    #[test]
    fn the_end_after_a_prefix_is_looked_up() {
        let ends = [("no such name", 1), ("later", 2)];
        assert_eq!(after("dns: later", "dns: ", &ends), Some(Some(2)));
        assert_eq!(
            after(
                &format_args!("{}{}{}", "dn", "s: no such", " name"),
                "dns: ",
                &ends
            ),
            Some(Some(1))
        );
        assert_eq!(after("dns: something else", "dns: ", &ends), Some(None));
        assert_eq!(after("tcp: later", "dns: ", &ends), None);
        assert_eq!(after("dn", "dns: ", &ends), None);
        assert_eq!(after(&"dns: ".repeat(1000), "dns: ", &ends), None);
    }
}
