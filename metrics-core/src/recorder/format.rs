//! Format: the two exposition formats, which are written by one walk.

/// An exposition format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Text 0.0.4: what Prometheus of every version, VictoriaMetrics and people read.
    #[default]
    Text,
    /// OpenMetrics 1.0: units, and an end that tells a whole scrape from half of one.
    OpenMetrics,
}

impl Format {
    /// The exact content type.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain; version=0.0.4; charset=utf-8",
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }
}
