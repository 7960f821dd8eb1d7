//! Text: the store and what collectors read, in one walk for both formats.

use std::collections::HashMap;
use std::num::NonZeroU64;

use super::family::Family;
use super::foreign;
use super::format::Format;
use super::histogram::HistogramCell;
use super::labels::{escape, open};
use super::store::Store;
use super::value::Value;
use super::{name, number};
use crate::collect::{Sampled, Samples};
use crate::metric::Kind;

/// The store and what collectors read, as one text: families sorted by name, each once.
pub(crate) fn render(store: &Store, samples: &Samples, format: Format, room: usize) -> String {
    let mut writer = Writer {
        text: String::with_capacity(room),
        format,
        before_bound: String::new(),
        buckets: Vec::new(),
    };
    // Each has a family in the store: so its names are none that another one has.
    let sampled = samples.families().filter(|sampled| {
        let family = store.sampled(sampled.metric);
        family.is_some() && sampled.metric.kind() != Kind::Histogram
    });
    let sampled: HashMap<_, _> = sampled
        .map(|sampled| (sampled.metric.name(), sampled))
        .collect();
    for (name, family) in &store.families() {
        match sampled.get(&**name) {
            Some(sampled) => writer.sampled(name, family, sampled),
            None => writer.stored(name, family),
        }
    }
    foreign::print(samples.foreign(), store, format, &mut writer.text);
    if format == Format::OpenMetrics {
        writer.text.push_str("# EOF\n");
    }
    writer.text
}

struct Writer {
    text: String,
    format: Format,
    /// What all buckets of a series begin with: put together once a series, in the same place for all.
    before_bound: String,
    /// What each of them holds, read into the same place for all.
    buckets: Vec<u64>,
}

impl Writer {
    fn stored(&mut self, name: &str, family: &Family) {
        let lines = family.lines().sorted();
        if lines.len() == 0 {
            return;
        }
        let stem = self.head(name, family);
        let bounds = Bounds::of(family);
        // A line's head is its name and its labels; a histogram has several names, and its heads are labels only.
        lines.each(|head, value, created| {
            match value {
                Value::Whole(value) => {
                    self.text.push_str(head);
                    number::write_whole(value, &mut self.text);
                    self.text.push('\n');
                }
                Value::Fractional(value) => self.line("", head, value),
                Value::Histogram(sum, histogram) => {
                    self.histogram(name, head, &bounds, sum, histogram);
                }
                Value::Absent => {}
            }
            if let (Some(created), Some(stem)) = (created, stem) {
                let block = head.strip_prefix(name).unwrap_or(head);
                self.created(stem, block, created);
            }
        });
    }

    fn sampled(&mut self, name: &str, family: &Family, sampled: &Sampled) {
        if sampled.lines.is_empty() {
            return;
        }
        self.head(name, family);
        let counts = family.kind() != Kind::Gauge;
        for (block, value) in &sampled.lines {
            // Nothing has counted below 0.
            if !(counts && *value < 0.0) {
                self.line(name, block.as_str(), *value);
            }
        }
    }

    /// Says what a family is. Where its format has a place for when a series was made, what the name of that begins with.
    fn head<'n>(&mut self, name: &'n str, family: &Family) -> Option<&'n str> {
        let kind = family.kind();
        let (stem, word, counts) = match (self.format, kind) {
            (Format::Text, _) => (name, kind.as_str(), false),
            (Format::OpenMetrics, Kind::Gauge) => (name, kind.as_str(), false),
            (Format::OpenMetrics, Kind::Histogram) => (name, kind.as_str(), true),
            // OpenMetrics names a counter without `_total`. One that has none cannot be called a counter there, and
            // must not change its name either.
            (Format::OpenMetrics, Kind::Counter | Kind::FractionalCounter) => {
                match name::counter_stem(name) {
                    Some(stem) => (stem, kind.as_str(), true),
                    None => (name, "unknown", false),
                }
            }
        };
        let (unit, help) = (family.unit().as_str(), family.help());
        if self.format == Format::OpenMetrics
            && !unit.is_empty()
            && stem
                .strip_suffix(unit)
                .is_some_and(|stem| stem.ends_with('_'))
        {
            self.comment("# UNIT ", stem);
            self.text.push_str(unit);
            self.text.push('\n');
        }
        if !help.is_empty() {
            self.comment("# HELP ", stem);
            escape(help, self.format == Format::OpenMetrics, &mut self.text);
            self.text.push('\n');
        }
        self.comment("# TYPE ", stem);
        self.text.push_str(word);
        self.text.push('\n');
        counts.then_some(stem)
    }

    fn comment(&mut self, keyword: &str, family: &str) {
        self.text.push_str(keyword);
        self.text.push_str(family);
        self.text.push(' ');
    }

    fn histogram(
        &mut self,
        name: &str,
        block: &str,
        bounds: &Bounds,
        sum: f64,
        histogram: &HistogramCell,
    ) {
        let (labels, comma) = open(block);
        self.before_bound.clear();
        for part in [name, "_bucket", labels, comma] {
            self.before_bound.push_str(part);
        }
        histogram.read(&mut self.buckets);
        let mut total = 0;
        for (bound, count) in bounds.labels.iter().zip(&self.buckets) {
            total += count;
            self.text.push_str(&self.before_bound);
            self.text.push_str(bound);
            number::write_whole(total, &mut self.text);
            self.text.push('\n');
        }
        let grows = sum >= 0.0 && !bounds.below_zero;
        // OpenMetrics forbids a sum that can fall, and a count without a sum.
        if self.format == Format::Text || grows {
            self.text.push_str(name);
            self.line("_sum", block, sum);
            self.text.push_str(name);
            self.labelled("_count", block);
            number::write_whole(total, &mut self.text);
            self.text.push('\n');
        }
    }

    fn created(&mut self, stem: &str, block: &str, milliseconds: NonZeroU64) {
        self.text.push_str(stem);
        self.line("_created", block, milliseconds.get() as f64 / 1000.0);
    }

    fn line(&mut self, name: &str, block: &str, value: f64) {
        self.labelled(name, block);
        number::write(value, &mut self.text);
        self.text.push('\n');
    }

    fn labelled(&mut self, name: &str, block: &str) {
        self.text.push_str(name);
        self.text.push_str(block);
    }
}

/// What is the same for all series of a histogram.
#[derive(Default)]
struct Bounds {
    /// The last label of each bucket's line, closing brace included.
    labels: Vec<String>,
    /// Whether any of them is below 0.
    below_zero: bool,
}

impl Bounds {
    fn of(family: &Family) -> Self {
        if family.kind() != Kind::Histogram {
            return Self::default();
        }
        let bounds = family.bounds().iter().copied().chain([f64::INFINITY]);
        let label = |bound| {
            let mut label = String::from("le=\"");
            number::write(bound, &mut label);
            label.push_str("\"} ");
            label
        };
        Self {
            labels: bounds.map(label).collect(),
            below_zero: family.bounds().iter().any(|bound| *bound < 0.0),
        }
    }
}
