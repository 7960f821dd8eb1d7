//! Names that every scraper reads: `[a-zA-Z_:][a-zA-Z0-9_:]*`, and without the colon for label keys.

use std::borrow::Cow;

use crate::metric::{Kind, Metric};

/// The longest name that is printed, in bytes.
const LONGEST: usize = 200;

/// The longest name that is looked at at all, in bytes: it has to be kept to tell it from others that are cut alike.
pub(super) const LONGEST_RAW: usize = 1024;

/// A metric's name as it is printed.
pub(super) fn metric(raw: &str) -> Cow<'_, str> {
    sanitise(raw, |c| c == ':')
}

/// A label's key as it is printed.
pub(super) fn label(raw: &str) -> Cow<'_, str> {
    sanitise(raw, |_| false)
}

/// Whether scrapers read a declaration as it is written: its name, and label keys that are names, not the format's own,
/// and each there once.
pub(super) fn is_readable(declared: &Metric) -> bool {
    let keys = declared.label_keys();
    metric(declared.name()) == declared.name()
        && keys.iter().enumerate().all(|(place, key)| {
            label(key.key()) == key.key()
                && !is_reserved(key.key(), declared.kind())
                && keys
                    .iter()
                    .take(place)
                    .all(|before| before.key() != key.key())
        })
}

/// Whether a label's key belongs to the format.
pub(super) fn is_reserved(key: &str, kind: Kind) -> bool {
    key.starts_with("__") || key == "le" && kind == Kind::Histogram
}

/// A counter's name in OpenMetrics, which leaves `_total` to its sample. `None` if it cannot be called a counter there.
pub(super) fn counter_stem(name: &str) -> Option<&str> {
    name.strip_suffix("_total")
}

/// Whether nothing is left of a counter's name without its `_total`, which some readers take off in either format.
pub(super) fn says_nothing(name: &str) -> bool {
    counter_stem(name) == Some("")
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
        Kind::Counter | Kind::FractionalCounter => match counter_stem(name) {
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
    use crate::label::Label;

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
    fn a_declaration_is_read_as_it_is_written_or_not_at_all() {
        const KEYS: &[Label] = &[Label::open("a"), Label::open("b")];
        const TWICE: &[Label] = &[Label::open("a"), Label::open("a")];
        const LE: &[Label] = &[Label::open("le")];
        let metric = |name| Metric::gauge(name, "");
        assert!(is_readable(&metric("ok").labels(KEYS)));
        assert!(is_readable(&metric("ok").labels(LE)));
        assert!(!is_readable(&metric("not ok")));
        assert!(!is_readable(&metric("ok").labels(TWICE)));
        assert!(!is_readable(
            &Metric::histogram("ok", "", &[1.0]).labels(LE)
        ));
    }

    #[test]
    fn parts_of_a_histogram_are_taken_with_it() {
        assert!(
            occupied("wait_seconds", Kind::Histogram).contains(&"wait_seconds_count".to_owned())
        );
        assert!(occupied("posts_total", Kind::Counter).contains(&"posts".to_owned()));
        assert_eq!(occupied("posts", Kind::Gauge), ["posts"]);
        assert!(says_nothing("_total") && !says_nothing("a_total"));
    }
}
