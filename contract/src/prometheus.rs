//! A real Prometheus, as a server and as an agent.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::patience::eventually;
use crate::query::Point;
use crate::server::{Program, Server};

const SERVER: Program = Program {
    command: "prometheus",
    package: "prometheus",
    arguments: &[
        "--config.file=prometheus.yml",
        "--storage.tsdb.path=data",
        "--log.level=warn",
    ],
    listen: "--web.listen-address",
    ready: "/-/ready",
};

const AGENT: Program = Program {
    arguments: &[
        "--enable-feature=agent",
        "--config.file=prometheus.yml",
        "--storage.agent.path=data",
        "--log.level=warn",
    ],
    ..SERVER
};

/// How long what was counted may need to agree: work that comes by itself may run while it is scraped.
const SETTLING: Duration = Duration::from_secs(20);

/// What is to be scraped.
#[derive(Clone, Debug)]
pub struct Target {
    /// Where it listens.
    pub address: SocketAddr,
    /// The path of the endpoint, such as `/metrics`.
    pub path: String,
    /// The file that holds the token.
    pub token: PathBuf,
}

/// A Prometheus that scrapes.
///
/// It dies with the thread that started it, also where that one is killed; so start it on the test's own thread.
#[derive(Debug)]
pub struct Prometheus(Server);

impl Prometheus {
    /// Starts one that scrapes a target every second, and waits until it has done so for the first time.
    ///
    /// # Panics
    ///
    /// If it cannot be started (on Debian, install the package `prometheus`), or does not get to scrape.
    #[must_use]
    pub fn scraping(target: &Target) -> Self {
        let prometheus = Self::configured(&config(target));
        prometheus.until("up == 1");
        prometheus
    }

    /// Starts one with this `prometheus.yml`.
    ///
    /// # Panics
    ///
    /// If it cannot be started (on Debian, install the package `prometheus`), or does not understand it.
    #[must_use]
    pub fn configured(yaml: &str) -> Self {
        Self(Server::start(&SERVER, &[("prometheus.yml", yaml)]))
    }

    /// What an expression says now.
    ///
    /// # Panics
    ///
    /// If Prometheus does not understand it.
    #[must_use]
    pub fn instant(&self, expression: &str) -> Vec<Point> {
        self.0
            .client
            .instant(expression)
            .unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    /// What an expression said over the last seconds, one value each `step` seconds.
    ///
    /// # Panics
    ///
    /// If Prometheus does not understand it.
    #[must_use]
    pub fn range(&self, expression: &str, last: u64, step: u64) -> Vec<Point> {
        let answer = self.0.client.range(expression, last, step);
        answer.unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    /// Waits until an expression returns anything.
    ///
    /// # Panics
    ///
    /// If it does not in time.
    pub fn until(&self, expression: &str) {
        self.0.returns(expression);
    }

    /// What an expression says once all that it returns is 0, or after a while.
    #[must_use]
    pub fn settled(&self, expression: &str) -> Vec<Point> {
        let answered = eventually(SETTLING, || {
            let points = self.instant(expression);
            let zero = points.iter().all(|point| point.values == [0.0]);
            if zero { Ok(points) } else { Err(points) }
        });
        answered.unwrap_or_else(|points| points)
    }

    /// Waits until a scrape that began after this call was stored: what happened before it is in.
    ///
    /// # Panics
    ///
    /// If there is none in time.
    pub fn scraped_again(&self) {
        let last = || {
            self.instant("timestamp(up)")
                .first()
                .map_or(0.0, |point| point.values[0])
        };
        let before = last();
        // The next scrape may have begun already, the one after it has not.
        self.0.until("the last scrape", || match last() {
            now if now > before + 1.5 => Ok(()),
            now => Err(now),
        });
    }
}

/// A Prometheus that scrapes, keeps nothing, and sends on what it read.
///
/// It dies with the thread that started it, also where that one is killed; so start it on the test's own thread.
#[derive(Debug)]
pub struct Agent(#[expect(dead_code, reason = "it runs as long as this is there")] Server);

impl Agent {
    /// Starts one with this `prometheus.yml`.
    ///
    /// # Panics
    ///
    /// If it cannot be started (on Debian, install the package `prometheus`), or does not understand it.
    #[must_use]
    pub fn configured(yaml: &str) -> Self {
        Self(Server::start(&AGENT, &[("prometheus.yml", yaml)]))
    }
}

fn config(target: &Target) -> String {
    format!(
        "global:
  scrape_interval: 1s
  scrape_timeout: 1s
scrape_configs:
- job_name: contract
  metrics_path: {}
  authorization:
    credentials_file: {}
  static_configs:
  - targets: ['{}']
",
        target.path,
        target.token.display(),
        target.address,
    )
}
