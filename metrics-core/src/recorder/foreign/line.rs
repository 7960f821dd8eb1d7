//! Line: one line of the text format 0.0.4, written by somebody else.

use std::borrow::Cow;

use super::family::Kind;
use crate::recorder::name;

/// One line, as far as it says something.
#[derive(Debug, PartialEq)]
pub(super) enum Line<'t> {
    /// Blank, or a remark.
    Nothing,
    Help(&'t str, &'t str),
    Type(&'t str, Kind),
    Sample(Sample<'t>),
}

/// A sample without its timestamp: it is as old as the scrape.
#[derive(Debug, PartialEq)]
pub(super) struct Sample<'t> {
    pub(super) name: &'t str,
    /// Sorted by key, each key once.
    pub(super) labels: Vec<(&'t str, Cow<'t, str>)>,
    pub(super) value: f64,
}

impl<'t> Line<'t> {
    /// `None` if it is malformed.
    pub(super) fn parse(line: &'t str) -> Option<Self> {
        let line = line.trim_matches([' ', '\t']);
        let Some(comment) = line.strip_prefix('#') else {
            return if line.is_empty() {
                Some(Self::Nothing)
            } else {
                Sample::parse(line).map(Self::Sample)
            };
        };
        let (keyword, rest) = word(comment.trim_start_matches([' ', '\t']));
        let (family, said) = word(rest);
        match keyword {
            "HELP" => fits(family).then_some(Self::Help(family, said)),
            "TYPE" => Some(Self::Type(
                Some(family).filter(|family| fits(family))?,
                Kind::parse(said)?,
            )),
            _ => Some(Self::Nothing),
        }
    }
}

impl<'t> Sample<'t> {
    fn parse(line: &'t str) -> Option<Self> {
        let end = line.find(['{', ' ', '\t'])?;
        let (name, rest) = line.split_at_checked(end)?;
        let rest = rest.trim_start_matches([' ', '\t']);
        let (mut labels, rest) = match rest.strip_prefix('{') {
            Some(rest) => labels(rest)?,
            None => (Vec::new(), rest),
        };
        labels.sort_unstable_by_key(|(key, _)| *key);
        let twice = labels
            .windows(2)
            .any(|pair| matches!(pair, [(one, _), (other, _)] if one == other));
        let mut numbers = rest.split_ascii_whitespace();
        let value = numbers.next()?.parse().ok()?;
        let timestamp = numbers.next().is_none_or(|at| at.parse::<i64>().is_ok());
        (fits(name) && !twice && timestamp && numbers.next().is_none()).then_some(Self {
            name,
            labels,
            value,
        })
    }
}

/// The first word, and what follows it.
fn word(text: &str) -> (&str, &str) {
    let (word, rest) = text.split_once([' ', '\t']).unwrap_or((text, ""));
    (word, rest.trim_start_matches([' ', '\t']))
}

/// Whether a metric may be called this everywhere.
fn fits(metric: &str) -> bool {
    matches!(name::metric(metric), Cow::Borrowed(_))
}

type Labels<'t> = Vec<(&'t str, Cow<'t, str>)>;

/// The labels up to the closing brace, and what follows it.
fn labels(mut rest: &str) -> Option<(Labels<'_>, &str)> {
    let blank = [' ', '\t'];
    let mut labels = Vec::new();
    loop {
        rest = rest.trim_start_matches(blank);
        if let Some(rest) = rest.strip_prefix('}') {
            return Some((labels, rest));
        }
        let (key, after) = rest.split_once('=')?;
        let key = key.trim_end_matches(blank);
        if key.starts_with("__") || matches!(name::label(key), Cow::Owned(_)) {
            return None;
        }
        let quoted = after.trim_start_matches(blank).strip_prefix('"')?;
        let end = closing(quoted)?;
        labels.push((key, unescape(quoted.get(..end)?, true)));
        rest = quoted.get(end + 1..)?.trim_start_matches(blank);
        rest = match rest.strip_prefix(',') {
            Some(rest) => rest,
            None if rest.starts_with('}') => rest,
            None => return None,
        };
    }
}

/// Where the quote is that is not escaped.
fn closing(quoted: &str) -> Option<usize> {
    let mut escaped = false;
    quoted.bytes().position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    })
}

/// A text as it was before it was escaped. What is no escape stays as it is, as in Prometheus.
pub(super) fn unescape(text: &str, quotes: bool) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            plain.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => plain.push('\n'),
            Some('\\') => plain.push('\\'),
            Some('"') if quotes => plain.push('"'),
            other => {
                plain.push('\\');
                plain.extend(other);
            }
        }
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(line: &str) -> Sample<'_> {
        match Line::parse(line) {
            Some(Line::Sample(sample)) => sample,
            other => panic!("{line} is {other:?}"),
        }
    }

    #[test]
    fn a_sample_is_read_however_it_is_spaced() {
        let labels = [("a", "x\"y\\\n"), ("b", "{},= ")];
        for line in [
            r#"m{b="{},= ",a="x\"y\\\n"} 1.5"#,
            r#"  m { a = "x\"y\\\n" , b="{},= ", }  1.5  1700000000000 "#,
        ] {
            let read = sample(line);
            assert_eq!((read.name, read.value), ("m", 1.5));
            assert_eq!(read.labels, labels.map(|(key, value)| (key, value.into())));
        }
        assert_eq!(sample("m +Inf").value, f64::INFINITY);
        assert_eq!(sample("m{} 1").labels, []);
    }

    #[test]
    fn a_broken_sample_is_none() {
        for line in [
            "m",
            "m ",
            "m one",
            "m 1 2 3",
            "m 1 later",
            "9m 1",
            "m.x 1",
            "{a=\"b\"} 1",
            "m{a=\"b\" 1",
            "m{a=\"b} 1",
            "m{a=b} 1",
            "m{a=\"b\"c=\"d\"} 1",
            "m{a=\"b\",a=\"c\"} 1",
            "m{__name__=\"n\"} 1",
            "m{a-b=\"c\"} 1",
            "m{a=\"b\"} 1 # {trace=\"x\"} 1",
            "# TYPE m strange",
            "# TYPE m.x gauge",
        ] {
            assert_eq!(Line::parse(line), None, "{line}");
        }
    }

    #[test]
    fn comments_say_help_and_type_or_nothing() {
        assert_eq!(Line::parse(""), Some(Line::Nothing));
        assert_eq!(Line::parse("# EOF"), Some(Line::Nothing));
        assert_eq!(
            Line::parse("# HELP m What it is."),
            Some(Line::Help("m", "What it is."))
        );
        assert_eq!(
            Line::parse("#TYPE m  summary"),
            Some(Line::Type("m", Kind::Summary))
        );
    }
}
