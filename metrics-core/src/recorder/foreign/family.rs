//! Family: one metric of a foreign text.

use std::collections::BTreeMap;

use super::series::{Added, Series};
use crate::recorder::{LabelBlock, labels, name};

/// What a foreign family's lines mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    Counter,
    Gauge,
    Histogram,
    Summary,
    #[default]
    Untyped,
}

impl Kind {
    pub(super) fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "counter" => Self::Counter,
            "gauge" => Self::Gauge,
            "histogram" => Self::Histogram,
            "summary" => Self::Summary,
            "untyped" => Self::Untyped,
            _ => return None,
        })
    }

    /// What its sample's names end in.
    pub(super) const fn suffixes(self) -> &'static [&'static str] {
        match self {
            Self::Counter | Self::Gauge | Self::Untyped => &[""],
            Self::Histogram => &["_bucket", "_sum", "_count"],
            Self::Summary => &["", "_sum", "_count"],
        }
    }

    /// The label that tells a series' parts apart.
    const fn part(self) -> Option<&'static str> {
        match self {
            Self::Counter | Self::Gauge | Self::Untyped => None,
            Self::Histogram => Some("le"),
            Self::Summary => Some("quantile"),
        }
    }
}

/// One metric of a foreign text: every series once, sorted.
#[derive(Debug, Default)]
pub(crate) struct Family {
    pub(super) kind: Option<Kind>,
    pub(super) help: String,
    pub(super) series: BTreeMap<LabelBlock, Series>,
}

impl Family {
    pub(super) fn kind(&self) -> Kind {
        self.kind.unwrap_or_default()
    }

    /// The first help stands.
    pub(super) fn describe(&mut self, help: &str) {
        if self.help.is_empty() {
            self.help = labels::clean_help(help);
        }
    }

    /// One sample. `suffix` is what its name adds to the family's.
    pub(super) fn add(&mut self, suffix: &str, labels: &[(&str, &str)], value: f64) -> Added {
        let kind = self.kind();
        let mut part = None;
        let mut own = Vec::with_capacity(labels.len());
        for (key, label) in labels {
            if matches!(suffix, "" | "_bucket") && kind.part() == Some(key) {
                part = label.parse().ok();
            } else if kind == Kind::Histogram && *key == "le"
                || kind == Kind::Summary && *key == "quantile"
            {
                return Added::Malformed;
            } else if !label.is_empty() {
                // To Prometheus a label without a value is none.
                own.push((*key, *label));
            }
        }
        let block = LabelBlock::encode(own.into_iter());
        self.series
            .entry(block)
            .or_default()
            .add(kind, suffix, part, value)
    }

    /// Leaves out the series that a scraper would choke on; how many lines went with them.
    pub(super) fn settle(&mut self) -> usize {
        let kind = self.kind();
        let mut lost = 0;
        self.series.retain(|_, series| {
            let before = series.lines();
            let kept = series.settle(kind);
            let after = if kept { series.lines() } else { 0 };
            lost += before.saturating_sub(after);
            kept
        });
        lost
    }

    pub(super) fn lines(&self) -> usize {
        self.series.values().map(Series::lines).sum()
    }

    /// Every name that its samples have in one format or the other, and its own.
    pub(super) fn occupied(&self, name: &str) -> Vec<String> {
        match self.kind() {
            Kind::Counter => name::occupied(name, crate::metric::Kind::Counter),
            Kind::Gauge | Kind::Untyped => name::occupied(name, crate::metric::Kind::Gauge),
            Kind::Histogram | Kind::Summary => name::occupied(name, crate::metric::Kind::Histogram),
        }
    }
}
