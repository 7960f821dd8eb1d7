//! Text 0.0.4, as Prometheus and VictoriaMetrics read it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use super::LabelBlock;
use super::family::Family;
use super::histogram::HistogramCell;
use super::labels::escape;
use super::series::Cell;
use super::store::Store;
use crate::collect::{Sampled, Samples};
use crate::metric::Kind;

/// The store and what collectors read, as one text: families sorted by name, each once.
pub(crate) fn render(store: &Store, samples: &Samples) -> String {
    // A copy of the pointers: rendering must not keep a new family waiting.
    let stored: BTreeMap<String, Arc<Family>> = store.families().clone();
    let mut text = String::with_capacity(64 * 1024);
    let mut sampled = samples.families().iter().peekable();
    for (name, family) in &stored {
        while let Some((_, ahead)) = sampled.next_if(|(other, _)| ***other < **name) {
            write_sampled(ahead, &mut text);
        }
        // A family that is read at scrape has been described in the store, where it has no series.
        if sampled.peek().is_none_or(|(other, _)| ***other != **name) {
            write_stored(name, family, &mut text);
        }
    }
    for (_, rest) in sampled {
        write_sampled(rest, &mut text);
    }
    text
}

fn write_stored(name: &str, family: &Family, text: &mut String) {
    let lines = family.series().lines();
    if lines.is_empty() {
        return;
    }
    write_head(name, family.help(), family.kind(), text);
    for (block, cell) in lines.iter() {
        match cell {
            Cell::Counter(counter) => {
                write_name(name, "", block, None, text);
                let _ = writeln!(text, " {}", counter.value());
            }
            Cell::Gauge(gauge) => {
                if let Some(value) = gauge.value() {
                    write_line(name, block, value, text);
                }
            }
            Cell::Histogram(histogram) => write_histogram(name, block, histogram, text),
        }
    }
}

fn write_sampled(sampled: &Sampled, text: &mut String) {
    let metric = sampled.metric;
    write_head(metric.name(), metric.help(), metric.kind(), text);
    for (block, value) in &sampled.lines {
        write_line(metric.name(), block, *value, text);
    }
}

fn write_head(name: &str, help: &str, kind: Kind, text: &mut String) {
    if !help.is_empty() {
        let _ = write!(text, "# HELP {name} ");
        escape(help, false, text);
        text.push('\n');
    }
    let _ = writeln!(text, "# TYPE {name} {}", kind.as_str());
}

fn write_line(name: &str, block: &LabelBlock, value: f64, text: &mut String) {
    write_name(name, "", block, None, text);
    text.push(' ');
    write_number(value, text);
    text.push('\n');
}

fn write_histogram(name: &str, block: &LabelBlock, histogram: &HistogramCell, text: &mut String) {
    let mut total = 0;
    let bounds = histogram.bounds().iter().copied().chain([f64::INFINITY]);
    for (bound, count) in bounds.zip(histogram.buckets()) {
        total += count;
        write_name(name, "_bucket", block, Some(bound), text);
        let _ = writeln!(text, " {total}");
    }
    write_name(name, "_sum", block, None, text);
    text.push(' ');
    write_number(histogram.sum(), text);
    text.push('\n');
    write_name(name, "_count", block, None, text);
    let _ = writeln!(text, " {total}");
}

fn write_name(name: &str, suffix: &str, block: &LabelBlock, bound: Option<f64>, text: &mut String) {
    text.push_str(name);
    text.push_str(suffix);
    let block = block.as_str();
    if block.is_empty() && bound.is_none() {
        return;
    }
    text.push('{');
    text.push_str(block);
    if let Some(bound) = bound {
        text.push_str(if block.is_empty() { "le=\"" } else { ",le=\"" });
        write_number(bound, text);
        text.push('"');
    }
    text.push('}');
}

/// The shortest decimal that reads back as the same number, with an exponent where digits would only be zeros.
fn write_number(value: f64, text: &mut String) {
    let size = value.abs();
    let _ = if value.is_infinite() {
        write!(text, "{}Inf", if value < 0.0 { '-' } else { '+' })
    } else if size != 0.0 && !(1e-7..1e15).contains(&size) {
        write!(text, "{value:e}")
    } else {
        write!(text, "{value}")
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_back_as_themselves() {
        for (value, expected) in [
            (1.0, "1"),
            (0.005, "0.005"),
            (1e300, "1e300"),
            (-2.5, "-2.5"),
            (0.0, "0"),
            (1e-9, "1e-9"),
            (f64::INFINITY, "+Inf"),
        ] {
            let mut text = String::new();
            write_number(value, &mut text);
            assert_eq!(text, expected);
            assert_eq!(text.parse::<f64>(), Ok(value));
        }
    }
}
