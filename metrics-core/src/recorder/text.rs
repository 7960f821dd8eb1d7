//! Text: the store and what collectors read, in one walk for both formats.

use super::family::Family;
use super::foreign;
use super::format::Format;
use super::histogram::HistogramCell;
use super::labels::escape;
use super::number;
use super::store::Store;
use super::value::Cell;
use crate::collect::{Sampled, Samples};
use crate::metric::{Kind, Unit};

/// The store and what collectors read, as one text: families sorted by name, each once.
pub(crate) fn render(store: &Store, samples: &Samples, format: Format, room: usize) -> String {
    let mut writer = Writer {
        text: String::with_capacity(room),
        format,
    };
    let mut sampled = samples.families().iter().peekable();
    for (name, family) in &store.families() {
        while let Some((_, ahead)) = sampled.next_if(|(other, _)| ***other < **name) {
            writer.sampled(ahead);
        }
        // A family that is read at scrape has been described in the store, where it has no series.
        if sampled.peek().is_none_or(|(other, _)| ***other != **name) {
            writer.stored(name, family);
        }
    }
    for (_, rest) in sampled {
        writer.sampled(rest);
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
}

impl Writer {
    fn stored(&mut self, name: &str, family: &Family) {
        let mut lines = family.lines();
        let lines = lines.sorted();
        if lines.is_empty() {
            return;
        }
        self.head(name, family.kind(), family.unit(), family.help());
        let bounds = bounds(family);
        for line in lines {
            let block = line.block.as_str();
            match &line.cell {
                Cell::Counter(counter) => {
                    self.labelled(name, block);
                    number::write_whole(counter.value(), &mut self.text);
                    self.text.push('\n');
                }
                Cell::Gauge(gauge) => {
                    if let Some(value) = gauge.value() {
                        self.line(name, block, value);
                    }
                }
                Cell::Histogram(histogram) => self.histogram(name, block, &bounds, histogram),
            }
        }
    }

    fn sampled(&mut self, sampled: &Sampled) {
        let metric = sampled.metric;
        self.head(metric.name(), metric.kind(), metric.unit(), metric.help());
        for (block, value) in &sampled.lines {
            self.line(metric.name(), block.as_str(), *value);
        }
    }

    fn head(&mut self, name: &str, kind: Kind, unit: Unit, help: &str) {
        let (family, word) = match (self.format, kind) {
            (Format::Text, _) | (Format::OpenMetrics, Kind::Gauge | Kind::Histogram) => {
                (name, kind.as_str())
            }
            // OpenMetrics names a counter without `_total`. One that has none cannot be called a counter there, and
            // must not change its name either.
            (Format::OpenMetrics, _) => name
                .strip_suffix("_total")
                .map_or((name, "unknown"), |stem| (stem, kind.as_str())),
        };
        let unit = unit.as_str();
        if self.format == Format::OpenMetrics
            && !unit.is_empty()
            && family
                .strip_suffix(unit)
                .is_some_and(|stem| stem.ends_with('_'))
        {
            self.comment("# UNIT ", family);
            self.text.push_str(unit);
            self.text.push('\n');
        }
        if !help.is_empty() {
            self.comment("# HELP ", family);
            escape(help, self.format == Format::OpenMetrics, &mut self.text);
            self.text.push('\n');
        }
        self.comment("# TYPE ", family);
        self.text.push_str(word);
        self.text.push('\n');
    }

    fn comment(&mut self, keyword: &str, family: &str) {
        self.text.push_str(keyword);
        self.text.push_str(family);
        self.text.push(' ');
    }

    fn histogram(&mut self, name: &str, block: &str, bounds: &[String], histogram: &HistogramCell) {
        let mut total = 0;
        for (bound, count) in bounds.iter().zip(histogram.buckets()) {
            total += count;
            self.text.push_str(name);
            self.text.push_str("_bucket{");
            if !block.is_empty() {
                self.text.push_str(block);
                self.text.push(',');
            }
            self.text.push_str(bound);
            number::write_whole(total, &mut self.text);
            self.text.push('\n');
        }
        self.text.push_str(name);
        self.labelled("_sum", block);
        number::write(histogram.sum(), &mut self.text);
        self.text.push('\n');
        self.text.push_str(name);
        self.labelled("_count", block);
        number::write_whole(total, &mut self.text);
        self.text.push('\n');
    }

    fn line(&mut self, name: &str, block: &str, value: f64) {
        self.labelled(name, block);
        number::write(value, &mut self.text);
        self.text.push('\n');
    }

    fn labelled(&mut self, name: &str, block: &str) {
        self.text.push_str(name);
        if block.is_empty() {
            self.text.push(' ');
        } else {
            self.text.push('{');
            self.text.push_str(block);
            self.text.push_str("} ");
        }
    }
}

/// The last label of each bucket's line, closing brace included: the same for all series of a family.
fn bounds(family: &Family) -> Vec<String> {
    if family.kind() != Kind::Histogram {
        return Vec::new();
    }
    let bounds = family.bounds().iter().copied().chain([f64::INFINITY]);
    bounds
        .map(|bound| {
            let mut label = String::from("le=\"");
            number::write(bound, &mut label);
            label.push_str("\"} ");
            label
        })
        .collect()
}
