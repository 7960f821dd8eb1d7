//! Rules: the files of alerts and recordings, as far as a check needs them.
//!
//! They are written in one style, which promtool and this reader both understand; `promtool` decides what is valid.

use std::fs;
use std::path::{Path, PathBuf};

/// One alert or recording.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What it is called.
    pub name: String,
    /// What it asks.
    pub expression: String,
    /// `critical`, `warning` or `info`; empty for a recording.
    pub severity: String,
    /// Where the guide tells what to do; empty for a recording.
    pub runbook: String,
}

/// The folder of the rules.
#[must_use]
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../alerts")
}

/// The files of the rules.
///
/// # Panics
///
/// If the folder is not there.
#[must_use]
pub fn files() -> Vec<PathBuf> {
    ["http.yml", "jobs.yml", "runtime.yml"]
        .map(|name| folder().join(name))
        .to_vec()
}

/// All rules of all files.
///
/// # Panics
///
/// If a file cannot be read.
#[must_use]
pub fn all() -> Vec<Rule> {
    files()
        .iter()
        .flat_map(|path| read(&fs::read_to_string(path).expect("the rules are there")))
        .collect()
}

fn read(yaml: &str) -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    let mut in_expression = false;
    for line in yaml.lines() {
        let text = line.trim();
        let begins = ["- alert: ", "- record: "]
            .iter()
            .find_map(|word| text.strip_prefix(word));
        if let Some(name) = begins {
            in_expression = false;
            rules.push(Rule {
                name: name.to_owned(),
                expression: String::new(),
                severity: String::new(),
                runbook: String::new(),
            });
            continue;
        }
        let Some(rule) = rules.last_mut() else {
            continue;
        };
        if text == "expr: |" {
            in_expression = true;
        } else if in_expression && line.starts_with("      ") {
            rule.expression.push_str(text);
            rule.expression.push('\n');
        } else {
            in_expression = false;
            if let Some(severity) = text.strip_prefix("severity: ") {
                severity.clone_into(&mut rule.severity);
            } else if let Some(runbook) = text.strip_prefix("runbook_url: ") {
                runbook.clone_into(&mut rule.runbook);
            }
        }
    }
    rules
}
