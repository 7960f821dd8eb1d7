//! The judge at hand: what must be true of any scrape, read line by line and more strictly than any scraper does.

use std::collections::{BTreeMap, HashSet};

use fedimetrics_core::Format;

/// What is wrong with a scrape.
pub(crate) fn findings(text: &str, format: Format) -> Vec<String> {
    let mut judge = Judge {
        format,
        ..Judge::default()
    };
    let text = match format {
        Format::Text => text,
        Format::OpenMetrics => text.strip_suffix("# EOF\n").unwrap_or_else(|| {
            judge.findings.push("no end".to_owned());
            text
        }),
    };
    if !text.ends_with('\n') {
        judge.findings.push("the last line has no end".to_owned());
    }
    for line in text.split_terminator('\n') {
        if let Err(wrong) = judge.line(line) {
            let line: String = line.chars().take(300).collect();
            judge.findings.push(format!("{wrong}: {line:?}"));
        }
    }
    judge.findings
}

#[derive(Default)]
struct Judge {
    format: Format,
    /// The family that lines belong to: its name, and its kind once that was said.
    family: String,
    kind: Option<String>,
    /// Every name that a family is called, or a sample of it.
    names: HashSet<String>,
    series: HashSet<(String, BTreeMap<String, String>)>,
    findings: Vec<String>,
}

type Checked = Result<(), &'static str>;

impl Judge {
    fn line(&mut self, line: &str) -> Checked {
        if line.contains(|c: char| c.is_control()) {
            return Err("a control character");
        }
        match line.strip_prefix("# ") {
            Some(comment) => self.comment(comment),
            None => self.sample(line),
        }
    }

    fn comment(&mut self, comment: &str) -> Checked {
        let mut words = comment.splitn(3, ' ');
        let (Some(word), Some(name), Some(rest)) = (words.next(), words.next(), words.next())
        else {
            return Err("a comment that says nothing");
        };
        if !is_name(name, true) {
            return Err("a family without a name");
        }
        if name != self.family || self.kind.is_some() {
            name.clone_into(&mut self.family);
            self.kind = None;
            if self.names.contains(name) {
                return Err("a family that was there before, or a part of one");
            }
        }
        match (word, self.format) {
            ("HELP", _) | ("UNIT", Format::OpenMetrics) => Ok(()),
            ("TYPE", _) => {
                self.kind = Some(rest.to_owned());
                let suffixes: &[&str] = match (rest, self.format) {
                    ("counter", Format::OpenMetrics) => &["", "_total", "_created"],
                    ("counter" | "gauge", _) | ("unknown", Format::OpenMetrics) => &[""],
                    ("histogram", _) => &["", "_bucket", "_sum", "_count", "_created"],
                    _ => return Err("a kind that the format does not know"),
                };
                let names = suffixes.iter().map(|suffix| format!("{name}{suffix}"));
                let fresh = names.filter(|name| self.names.insert(name.clone())).count();
                if fresh < suffixes.len() {
                    Err("a name that another family has")
                } else {
                    Ok(())
                }
            }
            _ => Err("a comment that the format does not know"),
        }
    }

    fn sample(&mut self, line: &str) -> Checked {
        let end = line.find(['{', ' ']).ok_or("a sample without a number")?;
        let (name, rest) = line.split_at(end);
        let suffix = name
            .strip_prefix(&*self.family)
            .ok_or("a sample outside of its family")?;
        let kind = self.kind.as_deref().ok_or("a sample of no kind")?;
        let fits = match (kind, self.format) {
            ("counter", Format::OpenMetrics) => ["_total", "_created"].contains(&suffix),
            ("histogram", Format::OpenMetrics) if suffix == "_created" => true,
            ("histogram", _) => ["_bucket", "_sum", "_count"].contains(&suffix),
            _ => suffix.is_empty(),
        };
        if !fits || !is_name(name, true) {
            return Err("a sample that its family cannot have");
        }
        let (labels, value) = labels(rest)?;
        if labels.contains_key("le") != (kind == "histogram" && suffix == "_bucket")
            && kind == "histogram"
        {
            return Err("a bound where none belongs, or none where one does");
        }
        let value: f64 = value
            .strip_prefix(' ')
            .ok_or("no number")?
            .parse()
            .map_err(|_| "no number")?;
        let grows = kind == "counter" || ["_bucket", "_count"].contains(&suffix);
        let strict = grows || self.format == Format::OpenMetrics && kind == "histogram";
        if strict && (value.is_nan() || value < 0.0) {
            return Err("a counter that fell");
        }
        let labels = labels
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .collect();
        if self.series.insert((name.to_owned(), labels)) {
            Ok(())
        } else {
            Err("a series that was there before")
        }
    }
}

fn is_name(name: &str, colons: bool) -> bool {
    name.starts_with(|c: char| !c.is_ascii_digit())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || colons && c == ':')
}

/// The labels, read strictly, and what follows them.
fn labels(text: &str) -> Result<(BTreeMap<String, String>, &str), &'static str> {
    let mut labels = BTreeMap::new();
    let Some(mut rest) = text.strip_prefix('{') else {
        return Ok((labels, text));
    };
    loop {
        let (key, quoted) = rest.split_once("=\"").ok_or("no label")?;
        let (value, after) = quoted_value(quoted)?;
        if !is_name(key, false) || key.starts_with("__") {
            return Err("a label's key is no name");
        }
        if labels.insert(key.to_owned(), value).is_some() {
            return Err("a label that is there twice");
        }
        match after.split_at_checked(1) {
            Some((",", next)) => rest = next,
            Some(("}", next)) => return Ok((labels, next)),
            _ => return Err("labels without an end"),
        }
    }
}

fn quoted_value(quoted: &str) -> Result<(String, &str), &'static str> {
    let mut value = String::new();
    let mut letters = quoted.char_indices();
    loop {
        match letters.next().ok_or("a value without an end")? {
            (at, '"') => return Ok((value, &quoted[at + 1..])),
            (_, '\\') => value.push(match letters.next().ok_or("a value without an end")?.1 {
                'n' => '\n',
                escaped @ ('\\' | '"') => escaped,
                _ => return Err("an escape that the format does not know"),
            }),
            (_, letter) => value.push(letter),
        }
    }
}
