//! Dashboard: as much of Grafana's JSON as a picture needs.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

/// One dashboard.
#[derive(Debug, Deserialize)]
pub(crate) struct Dashboard {
    pub(crate) title: String,
    panels: Vec<Value>,
}

/// A row of Grafana's grid in pixels, as in `page.html`.
const ROW: u64 = 38;

/// Above and below the panels.
const MARGIN: u64 = 90;

impl Dashboard {
    /// All panels, those in folded rows behind their row.
    pub(crate) fn panels(&self) -> impl Iterator<Item = &Value> {
        self.panels.iter().flat_map(|panel| {
            let folded = panel["panels"].as_array().into_iter().flatten();
            std::iter::once(panel).chain(folded)
        })
    }

    /// How high a picture of it is, in pixels.
    pub(crate) fn height(&self) -> u64 {
        let bottom = |panel: &Value| {
            let place = &panel["gridPos"];
            place["y"].as_u64().unwrap_or(0) + place["h"].as_u64().unwrap_or(0)
        };
        self.panels().map(bottom).max().unwrap_or(0) * ROW + MARGIN
    }
}

/// The time that a picture shows, and how closely.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    last: Duration,
    scrape: Duration,
}

impl Window {
    /// The last while, scraped this often.
    #[must_use]
    pub const fn new(last: Duration, scrape: Duration) -> Self {
        Self { last, scrape }
    }

    /// How long it is.
    #[must_use]
    pub const fn last(self) -> Duration {
        self.last
    }

    /// Some 150 points, but never more than there were scrapes.
    #[must_use]
    pub fn step(self) -> Duration {
        (self.last / 150).max(self.scrape)
    }

    /// An expression with Grafana's variables filled in, as Grafana does for one server and all its processes.
    #[must_use]
    pub fn fill(self, expression: &str) -> String {
        let seconds = |duration: Duration| format!("{}s", duration.as_secs().max(1));
        // As Grafana has it: the step and one scrape, at least four scrapes.
        let rate = (self.step() + self.scrape).max(self.scrape * 4);
        let variables = [
            ("__rate_interval", seconds(rate)),
            ("__interval", seconds(self.step())),
            ("__range_s", self.last.as_secs().to_string()),
            ("__range", seconds(self.last)),
            ("instance", ".+".to_owned()),
            ("job", "fediverse".to_owned()),
        ];
        let mut filled = expression.to_owned();
        for (name, value) in variables {
            filled = filled.replace(&format!("${{{name}}}"), &value);
            filled = filled.replace(&format!("${name}"), &value);
        }
        filled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_filled_in_as_grafana_does() {
        let window = Window::new(Duration::from_secs(300), Duration::from_secs(5));
        assert_eq!(
            window.fill(
                r#"rate(x{job=~"$job",instance=~"${instance}"}[$__rate_interval]) > $__range_s"#
            ),
            r#"rate(x{job=~"fediverse",instance=~".+"}[20s]) > 300"#
        );
    }
}
