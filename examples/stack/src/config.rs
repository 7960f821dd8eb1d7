//! Config: the files that the programs are started with.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;

use crate::hurry::Hurry;

/// The repository's rules, as an administrator copies them.
fn alerts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../alerts")
}

/// Writes the rules into a folder, and says what they are called there.
pub(crate) fn write_rules(folder: &Path, hurry: Hurry) -> anyhow::Result<Vec<String>> {
    let from = alerts();
    let mut names = Vec::new();
    for entry in fs::read_dir(&from).with_context(|| format!("the rules in {}", from.display()))? {
        let path = entry?.path();
        let (Some(name), true) = (
            path.file_name(),
            path.extension().is_some_and(|end| end == "yml"),
        ) else {
            continue;
        };
        let yaml = fs::read_to_string(&path)?;
        // The example for Alertmanager lies beside them.
        if yaml.lines().any(|line| line == "groups:") {
            fs::write(folder.join(name), hurry.rules(&yaml))?;
            names.push(name.to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// A scrape config for one target, with others of the same job.
pub(crate) fn with_targets(
    scrape_config: &str,
    first: SocketAddr,
    others: &[SocketAddr],
) -> String {
    let targets: Vec<_> = std::iter::once(&first)
        .chain(others)
        .map(|target| format!("'{target}'"))
        .collect();
    scrape_config.replace(&format!("\"{first}\""), &targets.join(", "))
}

/// What Prometheus reads: whom to scrape, what to work out, whom to tell.
pub(crate) fn prometheus(
    scrape: Duration,
    rules: &[String],
    alertmanager: &str,
    scrape_config: &str,
) -> String {
    let seconds = scrape.as_secs().max(1);
    let rules: String = rules.iter().map(|name| format!("  - {name}\n")).collect();
    format!(
        "global:
  scrape_interval: {seconds}s
  scrape_timeout: {seconds}s
  evaluation_interval: {seconds}s
rule_files:
{rules}alerting:
  alertmanagers:
  - static_configs:
    - targets: ['{alertmanager}']
{scrape_config}"
    )
}

/// The same for VictoriaMetrics, which works out no rules by itself.
pub(crate) fn victoria_metrics(scrape: Duration, scrape_config: &str) -> String {
    format!(
        "global:\n  scrape_interval: {}s\n{scrape_config}",
        scrape.as_secs().max(1)
    )
}

/// Nobody is told: alerts are looked at where they arrive.
pub(crate) const ALERTMANAGER: &str = "\
route:
  receiver: nobody
  group_by: [alertname, severity]
  group_wait: 1s
receivers:
- name: nobody
";
