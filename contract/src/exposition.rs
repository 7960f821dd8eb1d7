//! Exposition: one scrape, held against the constants.

use std::collections::{BTreeMap, BTreeSet};

use fedimetrics_core::testing::{Sample, Scrape};
use fedimetrics_core::{Appears, Born, Kind, Label, Metric, Reason, Values};

use crate::catalogue;

/// One scrape: its families, and its samples.
#[derive(Debug)]
pub struct Exposition {
    /// The word of each family's `# TYPE` line, and the text of its `# HELP` line.
    families: BTreeMap<String, Family>,
    /// Its samples.
    pub scrape: Scrape,
}

#[derive(Debug, Default)]
struct Family {
    kind: String,
    help: String,
}

impl Exposition {
    /// Reads the text format 0.0.4.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut families = BTreeMap::<String, Family>::new();
        for line in text.lines() {
            if let Some((name, kind)) = comment(line, "# TYPE ") {
                families.entry(name).or_default().kind = kind;
            } else if let Some((name, help)) = comment(line, "# HELP ") {
                families.entry(name).or_default().help = help;
            }
        }
        Self {
            families,
            scrape: Scrape::parse(text),
        }
    }

    /// Whether there is such a family, with a sample.
    #[must_use]
    pub fn has(&self, metric: &Metric) -> bool {
        self.samples(metric).next().is_some()
    }

    /// What the scrape holds and the constants do not allow: unknown families, other kinds and helps, other label keys,
    /// values outside of closed sets. Families that `own` says are the host's are not looked at.
    #[must_use]
    pub fn undocumented(&self, own: impl Fn(&str) -> bool) -> Vec<String> {
        let documented: BTreeMap<_, _> = catalogue::all()
            .map(|metric| (metric.name(), metric))
            .collect();
        let mut findings = Vec::new();
        for (name, family) in self.families.iter().filter(|(name, _)| !own(name)) {
            let Some(metric) = documented.get(&**name) else {
                findings.push(format!("{name} is in no catalogue"));
                continue;
            };
            if family.kind != metric.kind().as_str() {
                findings.push(format!(
                    "{name} is a {}, not a {}",
                    family.kind,
                    metric.kind().as_str()
                ));
            }
            if family.help != metric.help() {
                findings.push(format!(
                    "{name} says {:?}, not {:?}",
                    family.help,
                    metric.help()
                ));
            }
            let wrong: BTreeSet<_> = self
                .samples(metric)
                .flat_map(|sample| wrong_labels(metric, sample))
                .collect();
            findings.extend(wrong);
        }
        let unknown: BTreeSet<_> = self
            .scrape
            .samples()
            .iter()
            .filter(|sample| !own(&sample.name) && self.family(&sample.name).is_none())
            .map(|sample| format!("{} belongs to no family", sample.name))
            .collect();
        findings.extend(unknown);
        findings
    }

    /// Documented families that should be here and are not: all that appear on this system without being asked for.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        self.without(|_| true)
    }

    /// Declared families that should be in the very first scrape and are not.
    #[must_use]
    pub fn unborn(&self) -> Vec<&'static str> {
        self.without(|metric| metric.born() == Born::Declared)
    }

    /// Declared counters that have counted already.
    #[must_use]
    pub fn moved(&self) -> Vec<String> {
        catalogue::all()
            .filter(|metric| metric.kind() == Kind::Counter && metric.born() == Born::Declared)
            .flat_map(|metric| self.samples(metric))
            .filter(|sample| sample.value != 0.0)
            .map(|sample| format!("{sample:?}"))
            .collect()
    }

    fn without(&self, asked: impl Fn(&Metric) -> bool) -> Vec<&'static str> {
        catalogue::all()
            .filter(|metric| match metric.appearance() {
                Appears::Always => true,
                Appears::Linux => cfg!(target_os = "linux"),
                Appears::When(_) => false,
            })
            .filter(|metric| asked(metric) && !self.has(metric))
            .map(Metric::name)
            .collect()
    }

    /// The samples of one family.
    pub fn samples(&self, metric: &Metric) -> impl Iterator<Item = &Sample> {
        let name = metric.name();
        self.scrape
            .samples()
            .iter()
            .filter(move |sample| self.family(&sample.name) == Some(name))
    }

    /// The family of a sample: its name, or that without a histogram's suffix.
    fn family<'a>(&'a self, sample: &'a str) -> Option<&'a str> {
        if self.families.contains_key(sample) {
            return Some(sample);
        }
        ["_bucket", "_sum", "_count"]
            .iter()
            .filter_map(|suffix| sample.strip_suffix(suffix))
            .find(|name| {
                self.families
                    .get(*name)
                    .is_some_and(|family| family.kind == "histogram")
            })
    }
}

fn comment(line: &str, what: &str) -> Option<(String, String)> {
    let (name, rest) = line.strip_prefix(what)?.split_once(' ')?;
    Some((name.to_owned(), rest.to_owned()))
}

fn wrong_labels(metric: &Metric, sample: &Sample) -> Vec<String> {
    let mut findings = Vec::new();
    let labels = metric.label_keys();
    let mut keys: BTreeSet<&str> = labels.iter().map(Label::key).collect();
    if metric.kind() == Kind::Histogram && sample.name.ends_with("_bucket") {
        keys.insert("le");
    }
    let found: BTreeSet<&str> = sample.labels.keys().map(|key| &**key).collect();
    if found != keys {
        findings.push(format!(
            "{} has the labels {found:?}, not {keys:?}",
            sample.name
        ));
    }
    for label in labels {
        let value = sample.labels.get(label.key()).map_or("", |value| &**value);
        if !allows(metric, label, value) {
            findings.push(format!("{} has {}={value:?}", sample.name, label.key()));
        }
    }
    findings
}

fn allows(metric: &Metric, label: &Label, value: &str) -> bool {
    let is_reason = || Reason::all().any(|reason| reason.as_str() == value);
    match label.values() {
        Values::Open => true,
        Values::Closed(values) => values.contains(&value),
        Values::Named(_) => match label.key() {
            "reason" => is_reason(),
            "http_response_status_code" => value.is_empty() || is_status(value, b"12345"),
            "error_type" if metric.name().starts_with("http_client_") => {
                value.is_empty() || value == "cancelled" || is_reason()
            }
            "error_type" => value.is_empty() || is_status(value, b"5") || OUTCOMES.contains(&value),
            other => panic!("{other} has a closed set that this test does not know: add it here"),
        },
    }
}

/// The outcomes that are a kind of error. Those of a status that was sent say the status.
const OUTCOMES: &[&str] = &[
    "cancelled",
    "aborted",
    "body",
    "panic",
    "timeout",
    "service",
];

/// `503`, or a class: `5xx`.
fn is_status(value: &str, classes: &[u8]) -> bool {
    match value.as_bytes() {
        [class, b'x', b'x'] => classes.contains(class),
        [class, rest @ ..] => {
            classes.contains(class) && rest.len() == 2 && rest.iter().all(u8::is_ascii_digit)
        }
        [] => false,
    }
}
