//! promtool: what Prometheus' own linter has to say about a scrape.

use std::io::Write;
use std::process::{Command, Stdio};

/// OpenTelemetry's name, which ends in what Prometheus keeps for histograms.
const ALLOWED: &str = "db_client_connection_count";

/// What `promtool check metrics` says about this text, but for the one name that we cannot choose.
///
/// # Panics
///
/// If there is no promtool: on Debian it comes with the package `prometheus`.
#[must_use]
pub fn lints(text: &str) -> Vec<String> {
    said(text)
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with(ALLOWED))
        .map(ToOwned::to_owned)
        .collect()
}

/// Why `promtool check metrics` cannot read this text; `None` if it can, whatever it thinks of the names.
///
/// # Panics
///
/// If there is no promtool, as above.
#[must_use]
pub fn parse_error(text: &str) -> Option<String> {
    let said = said(text);
    let mut lines = said.lines();
    lines
        .find(|line| line.starts_with("error while linting"))
        .map(ToOwned::to_owned)
}

fn said(text: &str) -> String {
    let mut child = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool, from Debian's package prometheus");
    let mut input = child.stdin.take().expect("it was asked for");
    input.write_all(text.as_bytes()).expect("promtool reads");
    drop(input);
    let output = child.wait_with_output().expect("promtool ends");
    let said = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&said).into_owned()
}
