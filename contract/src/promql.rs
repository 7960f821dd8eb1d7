//! PromQL, as far as a check of names needs it: which metrics an expression asks for, and which labels it speaks of.

use std::collections::BTreeSet;

/// What an expression names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// Metrics, each with the labels that are matched on it.
    pub metrics: Vec<(String, Vec<String>)>,
    /// Labels that results are grouped or joined by.
    pub grouped: BTreeSet<String>,
}

/// Words that stand in front of a list of labels.
const LISTS: [&str; 6] = [
    "by",
    "without",
    "on",
    "ignoring",
    "group_left",
    "group_right",
];

/// Words that are neither a metric nor a function.
const WORDS: [&str; 8] = [
    "and", "or", "unless", "offset", "bool", "inf", "nan", "atan2",
];

/// What an expression names.
#[must_use]
pub fn named(expression: &str) -> Named {
    let mut named = Named::default();
    let mut rest = expression;
    while let Some(first) = rest.chars().next() {
        if first == '"' {
            rest = after_string(rest);
        } else if first == '[' {
            rest = rest.split_once(']').map_or("", |(_, rest)| rest);
        } else if first == '{' {
            let (labels, after) = matchers(rest);
            if let Some((_, matched)) = named.metrics.last_mut() {
                matched.extend(labels);
            }
            rest = after;
        } else if first.is_ascii_digit() || first == '.' {
            // A number or a duration.
            rest =
                rest.trim_start_matches(|letter: char| letter.is_alphanumeric() || letter == '.');
        } else if first.is_alphabetic() || first == '_' {
            let end = rest
                .find(|letter: char| !(letter.is_alphanumeric() || letter == '_' || letter == ':'));
            let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
            rest = named.word(word, after);
        } else {
            rest = &rest[first.len_utf8()..];
        }
    }
    named
}

impl Named {
    /// Takes a word in, and says what comes behind it.
    fn word<'t>(&mut self, word: &str, after: &'t str) -> &'t str {
        let next = after.trim_start();
        let called = next.starts_with('(');
        if LISTS.contains(&word) {
            if let Some((list, rest)) = next.strip_prefix('(').and_then(|list| list.split_once(')'))
            {
                let labels = list
                    .split(',')
                    .map(str::trim)
                    .filter(|label| !label.is_empty());
                self.grouped.extend(labels.map(ToOwned::to_owned));
                return rest;
            }
            return after;
        }
        // An aggregation may have its list in between: `sum by (job) (…)`.
        let aggregates = LISTS.iter().any(|list| {
            next.strip_prefix(list)
                .is_some_and(|rest| rest.starts_with([' ', '(']))
        });
        if !called
            && !aggregates_only(word, aggregates)
            && !WORDS.contains(&word.to_lowercase().as_str())
        {
            self.metrics.push((word.to_owned(), Vec::new()));
        }
        after
    }
}

/// Whether a word is an aggregation whose labels stand in front of what it aggregates.
fn aggregates_only(word: &str, list_follows: bool) -> bool {
    list_follows
        && [
            "sum", "min", "max", "avg", "group", "count", "topk", "quantile",
        ]
        .contains(&word)
}

fn after_string(text: &str) -> &str {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return &text[at + 1..],
            _ => escaped = false,
        }
    }
    ""
}

/// The labels within braces, and what comes behind them.
fn matchers(text: &str) -> (Vec<String>, &str) {
    let (mut labels, mut rest) = (Vec::new(), &text[1..]);
    loop {
        rest = rest.trim_start_matches([' ', ',', '\n']);
        if rest.is_empty() || rest.starts_with('}') {
            return (labels, rest.get(1..).unwrap_or_default());
        }
        let end = rest.find(['=', '!', '}']).unwrap_or(rest.len());
        labels.push(rest[..end].trim().to_owned());
        rest = rest[end..]
            .find('"')
            .map_or("", |quote| after_string(&rest[end + quote..]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_their_labels_and_groupings_are_found() {
        let found = named(
            r#"1 - sum by (job, le) (rate(a_bucket{x="1}", y=~"b c"}[5m:1m] offset 1h)) / on (job) group_left () max by(job)(b_total) > 900 and topk(5, c) unless inf"#,
        );
        let metrics: Vec<_> = found
            .metrics
            .iter()
            .map(|(name, labels)| (name.as_str(), labels.join(" ")))
            .collect();
        assert_eq!(
            metrics,
            [
                ("a_bucket", "x y".to_owned()),
                ("b_total", String::new()),
                ("c", String::new())
            ]
        );
        assert_eq!(found.grouped.into_iter().collect::<Vec<_>>(), ["job", "le"]);
    }
}
