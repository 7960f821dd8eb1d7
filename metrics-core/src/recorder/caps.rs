//! Caps: how much a store takes before it folds.

/// How much a store takes before it folds what it cannot know to be bounded. Closed labels never fold, and a declared
/// series is never refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// Values of one open label of one metric; past it, that label reads `_other`. Defaults to 512.
    pub open_label: usize,
    /// Label sets of one of the host's own metrics, of whose labels nothing is known; past it, all of them read
    /// `_other`. Defaults to 2,000.
    pub foreign_series: usize,
    /// The host's own metrics; past it, a new name is refused. Defaults to 2,000.
    pub foreign_metrics: usize,
    /// Sample lines in all, a histogram's every bucket counted; past it, open labels of new lazy series read `_other`.
    /// Defaults to 100,000: a scrape of 16 MiB is where VictoriaMetrics stops reading.
    pub lines: usize,
}

impl Default for Caps {
    fn default() -> Self {
        Self {
            open_label: 512,
            foreign_series: 2_000,
            foreign_metrics: 2_000,
            lines: 100_000,
        }
    }
}
