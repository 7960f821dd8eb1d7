//! Kind: what a panel draws, and how.

use serde_json::{Value, json};

/// What a panel draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Stat,
    Lines,
    Stacked,
    Bars,
    Table,
    Top,
    States,
}

impl Kind {
    /// Grafana's word for it.
    pub(super) const fn plugin(self) -> &'static str {
        match self {
            Self::Stat => "stat",
            Self::Lines | Self::Stacked | Self::Bars => "timeseries",
            Self::Table => "table",
            Self::Top => "bargauge",
            Self::States => "state-timeline",
        }
    }

    /// Where its colours come from.
    pub(super) const fn colours(self) -> &'static str {
        match self {
            Self::Lines | Self::Stacked | Self::Bars => "palette-classic",
            Self::Stat | Self::Table | Self::Top | Self::States => "thresholds",
        }
    }

    /// How it is drawn.
    pub(super) fn custom(self, has_thresholds: bool) -> Value {
        let style = |draw: &str, fill: u32, stacking: &str| {
            json!({
                "drawStyle": draw, "fillOpacity": fill, "lineWidth": 1, "showPoints": "never", "spanNulls": false,
                "stacking": { "mode": stacking, "group": "A" },
                "thresholdsStyle": { "mode": if has_thresholds { "dashed" } else { "off" } },
            })
        };
        match self {
            Self::Lines => style("line", 0, "none"),
            Self::Stacked => style("line", 50, "normal"),
            Self::Bars => style("bars", 80, "normal"),
            Self::Table => {
                json!({ "align": "auto", "cellOptions": { "type": "auto" }, "filterable": true })
            }
            Self::States => json!({ "fillOpacity": 80, "lineWidth": 0 }),
            Self::Stat | Self::Top => json!({}),
        }
    }
}
