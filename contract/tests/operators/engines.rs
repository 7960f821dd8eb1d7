//! The guide's configurations for a server that scrapes, run as they are written: both find a closed endpoint with the token, and
//! both take the rules.

use std::fs;
use std::process::Command;

use fedimetrics_contract::{Prometheus, VictoriaMetrics, rules, snippet};
use fedimetrics_core::endpoint::{Listen, Serving};
use fedimetrics_core::{Access, Exporter};
use tempfile::TempDir;

/// A process whose metrics are read with a token only.
struct Closed {
    folder: TempDir,
    serving: Serving,
}

impl Closed {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let token = folder.path().join("token");
        fs::write(&token, "c2NyYXBlIG1lIGdlbnRseQ").unwrap();
        let exporter = Exporter::builder().build().unwrap();
        let serving = exporter
            .serve(
                Listen::tcp(([127, 0, 0, 1], 0)),
                Access::bearer_token_file(&token).unwrap(),
            )
            .unwrap();
        Self { folder, serving }
    }

    /// One of the guide's configurations, for this process and in a hurry.
    fn config(&self, name: &str) -> String {
        let token = self.folder.path().join("token");
        let address = self.serving.local_addr().unwrap().to_string();
        snippet(
            "monitoring",
            name,
            &[
                ("/etc/prometheus/fediverse.token", token.to_str().unwrap()),
                ("127.0.0.1:8420", &address),
                ("scrape_interval: 1m", "scrape_interval: 1s"),
            ],
        )
    }
}

const SCRAPED: &str =
    r#"up{job="fediverse"} == 1 and on (job) exporter_scrapes_total{code="200"} > 0"#;

#[test]
fn prometheus_scrapes_as_the_guide_says() {
    let closed = Closed::new();
    let rules = rules::folder().canonicalize().unwrap();
    let yaml = closed.config("yaml prometheus");
    assert!(yaml.contains("- /etc/prometheus/fedimetrics/*.yml"));
    // The example for Alertmanager lies beside the repository's rules, and no administrator copies it there.
    let files = format!("{}/[hjr]*.yml", rules.display());
    let prometheus =
        Prometheus::configured(&yaml.replace("/etc/prometheus/fedimetrics/*.yml", &files));
    prometheus.until(SCRAPED);
}

#[test]
fn victoria_metrics_scrapes_as_the_guide_says() {
    let closed = Closed::new();
    let victoria = VictoriaMetrics::configured(&closed.config("yaml victoria-metrics"));
    let _ = victoria.until(SCRAPED);
}

#[test]
fn vmalert_reads_every_rule() {
    let run = Command::new("vmalert")
        .arg("-dryRun")
        .args(
            rules::files()
                .iter()
                .map(|file| format!("-rule={}", file.display())),
        )
        .output()
        .expect("vmalert, from Debian's package victoria-metrics");
    let said = [run.stdout, run.stderr].concat();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&said));
}
