//! Names that every scraper reads: `[a-zA-Z_:][a-zA-Z0-9_:]*`, and without the colon for label keys.

use std::borrow::Cow;

/// A metric's name as it is printed.
pub(super) fn metric(raw: &str) -> Cow<'_, str> {
    sanitise(raw, |c| c == ':')
}

/// A label's key as it is printed.
pub(super) fn label(raw: &str) -> Cow<'_, str> {
    sanitise(raw, |_| false)
}

fn sanitise(raw: &str, also: impl Fn(char) -> bool) -> Cow<'_, str> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || also(c);
    let starts_well = raw.starts_with(|c: char| fits(c) && !c.is_ascii_digit());
    if starts_well && raw.chars().all(fits) {
        return Cow::Borrowed(raw);
    }
    let mut name = String::with_capacity(raw.len() + 1);
    if !starts_well && raw.starts_with(|c: char| c.is_ascii_digit()) || raw.is_empty() {
        name.push('_');
    }
    name.extend(raw.chars().map(|c| if fits(c) { c } else { '_' }));
    Cow::Owned(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_string_becomes_a_name() {
        for (raw, name) in [
            ("a.b", "a_b"),
            ("9lives", "_9lives"),
            ("", "_"),
            ("a:b", "a:b"),
            ("é\n", "__"),
            ("ok", "ok"),
        ] {
            assert_eq!(metric(raw), name);
        }
        assert_eq!(label("a:b"), "a_b");
    }
}
