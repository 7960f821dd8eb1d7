//! A real VictoriaMetrics.

use crate::query::Point;
use crate::server::{Program, Server};

const VICTORIA_METRICS: Program = Program {
    command: "victoria-metrics",
    package: "victoria-metrics",
    // Without the offset, what came in the last 30 seconds would not be shown.
    arguments: &[
        "-storageDataPath=data",
        "-search.latencyOffset=0s",
        "-loggerLevel=WARN",
    ],
    listen: "-httpListenAddr",
    ready: "/health",
};

const SCRAPING: Program = Program {
    arguments: &[
        "-promscrape.config=scrape.yml",
        "-storageDataPath=data",
        "-search.latencyOffset=0s",
        "-loggerLevel=WARN",
    ],
    ..VICTORIA_METRICS
};

/// A VictoriaMetrics that holds nothing yet.
///
/// It dies with the thread that started it, also where that one is killed; so start it on the test's own thread.
#[derive(Debug)]
pub struct VictoriaMetrics(Server);

impl VictoriaMetrics {
    /// Starts one.
    ///
    /// # Panics
    ///
    /// If it cannot be started: on Debian, install the package `victoria-metrics`.
    #[must_use]
    pub fn start() -> Self {
        Self(Server::start(&VICTORIA_METRICS, &[]))
    }

    /// Starts one that scrapes as this configuration of Prometheus' kind says.
    ///
    /// # Panics
    ///
    /// If it cannot be started, as above, or does not understand it.
    #[must_use]
    pub fn configured(yaml: &str) -> Self {
        Self(Server::start(&SCRAPING, &[("scrape.yml", yaml)]))
    }

    /// `host:port`.
    #[must_use]
    pub fn address(&self) -> String {
        self.0.address.to_string()
    }

    /// Waits until an expression returns anything, and says what.
    ///
    /// # Panics
    ///
    /// If it does not in time.
    #[must_use]
    pub fn until(&self, expression: &str) -> Vec<Point> {
        self.0.returns(expression)
    }
}
