//! Stack: the demo server and all that watches it.

use std::fmt;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use fedimetrics_core::Access;
use fedimetrics_core::endpoint::{Listen, Serving};
use fediverse::Running;
use fediverse::token::Token;
use tempfile::TempDir;

use crate::config;
use crate::options::Options;
use crate::picture;
use crate::query::Queries;
use crate::watcher::{Program, Watcher};

const PROMETHEUS: Program = Program {
    command: "prometheus",
    package: "prometheus",
    arguments: &[
        "--config.file=prometheus.yml",
        "--storage.tsdb.path=prometheus",
        "--log.level=warn",
    ],
    listen: "--web.listen-address",
    ready: "/-/ready",
};

const ALERTMANAGER: Program = Program {
    command: "prometheus-alertmanager",
    package: "prometheus-alertmanager",
    // Alone: it looks for no others.
    arguments: &[
        "--config.file=alertmanager.yml",
        "--storage.path=alertmanager",
        "--cluster.listen-address=",
        "--log.level=warn",
    ],
    listen: "--web.listen-address",
    ready: "/-/ready",
};

const VICTORIA_METRICS: Program = Program {
    command: "victoria-metrics",
    package: "victoria-metrics",
    arguments: &[
        "-promscrape.config=victoria-metrics.yml",
        "-storageDataPath=victoria-metrics",
        "-search.latencyOffset=0s",
        "-loggerLevel=WARN",
    ],
    listen: "-httpListenAddr",
    ready: "/health",
};

/// The demo server and all that watches it. Dropped, all of it is gone.
#[derive(Debug)]
pub struct Stack {
    /// The demo server; gone once it was [killed](Self::kill_server).
    pub server: Option<Running>,
    metrics: Option<Serving>,
    base: String,
    curl: String,
    prometheus: Watcher,
    alertmanager: Watcher,
    victoria_metrics: Watcher,
    scrape: Duration,
    // Last, so that the folder outlives who writes into it.
    _folder: TempDir,
}

impl Stack {
    /// Starts everything, and waits until it is ready.
    ///
    /// # Errors
    ///
    /// When something does not start. The text says which of Debian's packages is missing.
    pub async fn start(options: &Options) -> anyhow::Result<Self> {
        let server = fediverse::start(fediverse::Options {
            listen: options.listen,
            data: options.data.clone(),
            ..fediverse::Options::default()
        })
        .await
        .context("the demo server")?;
        let metrics = show_metrics(&server, ([127, 0, 0, 1], 0).into())?;
        let address = metrics.local_addr().context("it listens nowhere")?;
        let stack = Self::around(address, &server.token, options)?;
        Ok(Self {
            base: format!("http://{}", server.address),
            metrics: Some(metrics),
            server: Some(server),
            ..stack
        })
    }

    /// Starts all that watches, for a server in a process of its own that shows its metrics there.
    ///
    /// # Errors
    ///
    /// When something does not start. The text says which of Debian's packages is missing.
    pub fn around(address: SocketAddr, token: &Token, options: &Options) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir().context("no temporary folder")?;
        let scrape_config =
            config::with_targets(&token.scrape_config(address), address, &options.beside);
        let scrape = options.scrape();

        let write = |name, text: &str| fs::write(folder.path().join(name), text);
        write("alertmanager.yml", config::ALERTMANAGER)?;
        let alertmanager = Watcher::start(&ALERTMANAGER, folder.path())?;
        let rules = config::write_rules(folder.path(), options.hurry)?;
        write(
            "prometheus.yml",
            &config::prometheus(scrape, &rules, &alertmanager.address(), &scrape_config),
        )?;
        write(
            "victoria-metrics.yml",
            &config::victoria_metrics(scrape, &scrape_config),
        )?;
        Ok(Self {
            prometheus: Watcher::start(&PROMETHEUS, folder.path())?,
            victoria_metrics: Watcher::start(&VICTORIA_METRICS, folder.path())?,
            alertmanager,
            base: format!("http://{address}"),
            curl: token.curl(&format!("http://{address}")),
            metrics: None,
            server: None,
            scrape,
            _folder: folder,
        })
    }

    /// Prometheus.
    #[must_use]
    pub fn prometheus(&self) -> Queries {
        self.prometheus.queries()
    }

    /// VictoriaMetrics.
    #[must_use]
    pub fn victoria_metrics(&self) -> Queries {
        self.victoria_metrics.queries()
    }

    /// The alerts that have arrived in Alertmanager: their names and severities, sorted, each once.
    ///
    /// # Errors
    ///
    /// When it does not answer.
    pub fn alerts(&self) -> anyhow::Result<Vec<(String, String)>> {
        let answer = self
            .alertmanager
            .queries()
            .get("/api/v2/alerts?active=true")?;
        let label = |alert: &serde_json::Value, key: &str| {
            alert["labels"][key].as_str().unwrap_or_default().to_owned()
        };
        let mut alerts: Vec<_> = answer
            .as_array()
            .context("not a list")?
            .iter()
            .map(|alert| (label(alert, "alertname"), label(alert, "severity")))
            .collect();
        alerts.sort();
        alerts.dedup();
        Ok(alerts)
    }

    /// Ends the demo server as a crash would: at once.
    pub fn kill_server(&mut self) {
        self.metrics = None;
        self.server = None;
    }

    /// Lets traffic come for a while, and then draws each dashboard into a folder.
    ///
    /// # Errors
    ///
    /// When a picture cannot be drawn.
    pub async fn draw(&self, folder: &Path, traffic: Duration) -> anyhow::Result<()> {
        tokio::time::sleep(traffic).await;
        let (queries, folder, step) = (self.prometheus(), folder.to_owned(), self.scrape);
        tokio::task::spawn_blocking(move || picture::draw_all(&queries, &folder, traffic, step))
            .await?
    }

    /// Ends the demo server cleanly, and the rest with it.
    pub async fn end(&mut self) {
        if let Some(server) = self.server.take() {
            server.shutdown().await;
        }
        self.metrics = None;
    }
}

/// Shows a server's metrics on a listener and a thread of its own: it is to be seen when the runtime no longer answers.
///
/// # Errors
///
/// When the address is taken.
pub fn show_metrics(server: &Running, address: SocketAddr) -> anyhow::Result<Serving> {
    let access = Access::bearer_token_file(server.token.path())?;
    Ok(server
        .telemetry
        .exporter
        .serve(Listen::tcp(address), access)?)
}

impl fmt::Display for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "demo server      {}", self.base)?;
        writeln!(f, "its metrics      {}", self.curl)?;
        writeln!(
            f,
            "Prometheus       {}  (rules and alerts: {0}/alerts)",
            self.prometheus.url()
        )?;
        writeln!(f, "Alertmanager     {}", self.alertmanager.url())?;
        writeln!(f, "VictoriaMetrics  {}/vmui", self.victoria_metrics.url())?;
        write!(
            f,
            "dashboards       import dashboards/*.json into a Grafana, with either of them as its data source"
        )
    }
}
