//! Print: foreign families, spelled as ours are.

use std::collections::BTreeMap;

use super::family::{Family, Kind};
use super::series::Series;
use crate::recorder::labels::{escape, open};
use crate::recorder::{Format, LabelBlock, Store, number};

/// All of them, sorted by name, behind the store's.
pub(crate) fn print(
    families: &BTreeMap<String, Family>,
    store: &Store,
    format: Format,
    text: &mut String,
) {
    // A name may have been taken since they were admitted.
    let free = |(name, family): &(&String, &Family)| !store.holds_any(&family.occupied(name));
    for (name, family) in families.iter().filter(free) {
        head(name, family, format, text);
        for (block, series) in &family.series {
            lines(name, family.kind(), block, series, text);
        }
    }
}

fn head(name: &str, family: &Family, format: Format, text: &mut String) {
    let (stem, word) = match (format, family.kind()) {
        (_, Kind::Gauge) => (name, "gauge"),
        (_, Kind::Histogram) => (name, "histogram"),
        (_, Kind::Summary) => (name, "summary"),
        (Format::Text, Kind::Counter) => (name, "counter"),
        (Format::Text, Kind::Untyped) => (name, "untyped"),
        (Format::OpenMetrics, Kind::Untyped) => (name, "unknown"),
        // A counter without `_total` cannot be called one there, and must not change its name either.
        (Format::OpenMetrics, Kind::Counter) => name
            .strip_suffix("_total")
            .map_or((name, "unknown"), |stem| (stem, "counter")),
    };
    if !family.help.is_empty() {
        text.extend(["# HELP ", stem, " "]);
        escape(&family.help, format == Format::OpenMetrics, text);
        text.push('\n');
    }
    text.extend(["# TYPE ", stem, " ", word, "\n"]);
}

fn lines(name: &str, kind: Kind, block: &LabelBlock, series: &Series, text: &mut String) {
    let (suffix, key) = match kind {
        Kind::Summary => ("", "quantile"),
        _ => ("_bucket", "le"),
    };
    let (labels, comma) = open(block.as_str());
    for (part, value) in &series.parts {
        text.extend([name, suffix, labels, comma, key, "=\""]);
        number::write(*part, text);
        text.push_str("\"} ");
        number::write(*value, text);
        text.push('\n');
    }
    for (suffix, value) in [
        ("", series.value),
        ("_sum", series.sum),
        ("_count", series.count),
    ] {
        let Some(value) = value else { continue };
        text.extend([name, suffix, block.as_str()]);
        number::write(value, text);
        text.push('\n');
    }
}
