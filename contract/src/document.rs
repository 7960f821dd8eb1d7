//! METRICS.md: generated from the constants, so that it cannot drift from them.

use std::fmt::{self, Display, Write};

use fedimetrics_core::{Appears, Born, Caps, Kind, Label, Metric, Reason, Unit, Values};

use crate::catalogue::{Room, rooms};

/// How to bring the file up to date.
pub const COMMAND: &str = "cargo run -p fedimetrics-contract --bin metrics-md > METRICS.md";

/// The whole file.
#[must_use]
pub fn text() -> String {
    let mut text = String::new();
    write(&mut text).expect("a String takes everything");
    text
}

fn write(text: &mut String) -> fmt::Result {
    let cap = Caps::default().open_label;
    writeln!(text, "<!-- Generated: {COMMAND} -->\n")?;
    writeln!(
        text,
        "# Metrics\n\n\
         Everything that these crates can emit. Each entry is printed from the constant that the code uses, and\n\
         `contract/` compares both with a scrape of the demo server.\n\n\
         **Labels.** The values of most labels are a closed set. *Open* labels hold what the host names (routes, queues,\n\
         workers); after {cap} values one reads `_other`, and the labels beside it keep theirs. No label ever holds a path, an\n\
         address, a user or the text of an error, nor a host, unless it is one that this server has listed.\n\n\
         **Born** says when the series exist. *Declared*: complete from the first scrape, counters at 0, which is what\n\
         alerts need, since `increase()` does not see a counter that is born at 1. *Lazy*: at first use. *At scrape*: read\n\
         anew each time, and absent where the source has no answer."
    )?;
    for room in rooms() {
        write_room(&room, text)?;
    }
    write_reasons(text)
}

fn write_room(room: &Room, text: &mut String) -> fmt::Result {
    writeln!(text, "\n## {}\n\n{}", room.name, room.about)?;
    room.metrics
        .iter()
        .try_for_each(|metric| write_metric(metric, text))
}

fn write_metric(metric: &Metric, text: &mut String) -> fmt::Result {
    writeln!(text, "\n### `{}`\n\n{}\n", metric.name(), metric.help())?;
    writeln!(text, "- {}", kind(metric))?;
    writeln!(text, "- born {}", born(metric.born()))?;
    writeln!(text, "- appears {}", appears(metric.appearance()))?;
    for label in metric.label_keys() {
        writeln!(text, "- label `{}`: {}", label.key(), values(label))?;
    }
    if !metric.buckets().is_empty() {
        writeln!(text, "- buckets: {}", list(metric.buckets()))?;
    }
    Ok(())
}

fn kind(metric: &Metric) -> String {
    let kind = match metric.kind() {
        Kind::FractionalCounter => "counter, with fractions",
        kind => kind.as_str(),
    };
    match metric.unit() {
        Unit::Count => kind.to_owned(),
        unit => format!("{kind}, in {}", unit.as_str()),
    }
}

const fn born(born: Born) -> &'static str {
    match born {
        Born::Declared => "declared",
        Born::Lazy => "lazy",
        Born::AtScrape => "at scrape",
    }
}

fn appears(appears: Appears) -> String {
    match appears {
        Appears::Always => "everywhere".to_owned(),
        Appears::Linux => "on Linux".to_owned(),
        Appears::When(condition) => format!("when {condition}"),
    }
}

fn values(label: &Label) -> String {
    match label.values() {
        Values::Open => format!("open, at most {}", Caps::default().open_label),
        Values::Closed(values) => values
            .iter()
            .map(|value| format!("`{value}`"))
            .collect::<Vec<_>>()
            .join(" "),
        Values::Named(set) if label.key() == "reason" => format!("{set}: see [reasons](#reasons)"),
        Values::Named(set) => set.to_owned(),
    }
}

fn list(values: &[impl Display]) -> String {
    let values: Vec<_> = values.iter().map(ToString::to_string).collect();
    values.join(" ")
}

fn write_reasons(text: &mut String) -> fmt::Result {
    writeln!(
        text,
        "\n## reasons\n\n\
         Why something failed, and who has to mend it. `us`: this server, its network or its resolver. `them`: the remote\n\
         server. `gone`: a remote server that looks dead. `unclear`: one reply cannot tell.\n\n\
         | reason | blame |\n| --- | --- |"
    )?;
    // A process may have words of its own behind ours.
    Reason::all()
        .take(Reason::COUNT)
        .try_for_each(|reason| writeln!(text, "| `{reason}` | {} |", reason.blame().as_str()))
}
