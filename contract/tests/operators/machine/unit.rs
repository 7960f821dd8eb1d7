//! Unit: what systemd would start, and how.

use super::running::Program;

/// Debian builds these paths into its programs. Below a folder, they have to be said.
pub(super) fn built_in(unit: &str) -> &'static str {
    match unit {
        "prometheus" => {
            "--config.file=/etc/prometheus/prometheus.yml --storage.tsdb.path=/var/lib/prometheus/metrics2"
        }
        "prometheus-alertmanager" => {
            "--config.file=/etc/prometheus/alertmanager.yml --storage.path=/var/lib/prometheus/alertmanager"
        }
        _ => "",
    }
}

/// A unit's lines.
pub(super) struct Unit {
    name: String,
    lines: Vec<(String, String)>,
}

impl Unit {
    pub(super) fn read(name: &str, text: &str) -> Self {
        Self {
            name: name.to_owned(),
            lines: assignments(text),
        }
    }

    fn line(&self, key: &str) -> Option<&str> {
        let found = self.lines.iter().find(|(found, _)| found == key)?;
        Some(&found.1)
    }

    /// Whether it is started at boot once it is enabled.
    pub(super) fn is_wanted(&self) -> bool {
        self.line("WantedBy").is_some()
    }

    /// The file of its environment.
    pub(super) fn settings(&self) -> Option<&str> {
        self.line("EnvironmentFile")
    }

    /// What is to be started with these settings, and what is built in.
    pub(super) fn program(&self, settings: &str, built_in: &str) -> Program {
        let environment = assignments(settings);
        let command = self.line("ExecStart").expect("a unit starts something");
        let mut arguments = Vec::new();
        for word in command.split_ascii_whitespace() {
            match word.strip_prefix('$') {
                None => arguments.push(word.to_owned()),
                Some(name) => {
                    let found = environment.iter().find(|(key, _)| key == name);
                    let (_, value) = found.unwrap_or_else(|| panic!("{}: no {name}", self.name));
                    arguments.extend(value.split_ascii_whitespace().map(ToOwned::to_owned));
                }
            }
        }
        arguments.extend(built_in.split_ascii_whitespace().map(ToOwned::to_owned));
        Program {
            name: self.name.clone(),
            user: self
                .line("User")
                .expect("no program of the guide is root")
                .to_owned(),
            environment,
            arguments,
        }
    }
}

/// `KEY=VALUE` and `KEY="VALUE"`, of a unit or of the file of its environment.
fn assignments(text: &str) -> Vec<(String, String)> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .map(|(key, value)| (key.to_owned(), value.trim_matches(['"', '\'']).to_owned()))
        .collect()
}
