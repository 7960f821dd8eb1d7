//! Names that every scraper reads: `[a-zA-Z_:][a-zA-Z0-9_:]*`, and without the colon for label keys.

use std::borrow::Cow;

use crate::metric::Kind;

/// The longest name that is printed, in bytes.
const LONGEST: usize = 200;

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
    if starts_well && raw.len() <= LONGEST && raw.chars().all(fits) {
        return Cow::Borrowed(raw);
    }
    let head = if raw.is_empty() || raw.starts_with(|c: char| c.is_ascii_digit()) {
        "_"
    } else {
        ""
    };
    let rest = raw
        .chars()
        .take(LONGEST)
        .map(|c| if fits(c) { c } else { '_' });
    Cow::Owned(head.chars().chain(rest).collect())
}

/// Every name that samples of this metric have in one format or the other, and the family's own. No two metrics may
/// share one: a scraper would refuse the whole scrape, or read one as a part of the other.
pub(super) fn occupied(name: &str, kind: Kind) -> Vec<String> {
    let with = |suffixes: &[&str], stem: &str| {
        suffixes
            .iter()
            .map(|suffix| format!("{stem}{suffix}"))
            .collect()
    };
    match kind {
        Kind::Counter | Kind::FractionalCounter => match name.strip_suffix("_total") {
            Some(stem) => with(&["", "_total", "_created"], stem),
            None => with(&[""], name),
        },
        Kind::Gauge => with(&[""], name),
        Kind::Histogram => with(&["", "_bucket", "_sum", "_count", "_created"], name),
    }
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
        assert_eq!(metric(&"x".repeat(1 << 20)).len(), LONGEST);
    }

    #[test]
    fn parts_of_a_histogram_are_taken_with_it() {
        assert!(
            occupied("wait_seconds", Kind::Histogram).contains(&"wait_seconds_count".to_owned())
        );
        assert!(occupied("posts_total", Kind::Counter).contains(&"posts".to_owned()));
        assert_eq!(occupied("posts", Kind::Gauge), ["posts"]);
    }
}
