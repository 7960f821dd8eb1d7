//! What dashboards, rules and alerts ask, asked of two processes under traffic: a Prometheus and a VictoriaMetrics answer.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests end where something is not as it should be"
)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::Duration;

use fedimetrics_contract::{catalogue, dashboards, promql, rules, snippet};
use stack::{Hurry, Options, Queries, Stack, Window};

/// A week is then 168 seconds, and an hour the four that are the least.
const HURRY: u32 = 3600;

/// Longer than that week, so that "last week" has been.
const TRAFFIC: Duration = Duration::from_secs(190);

/// What is looked at.
const LOOK: Duration = Duration::from_secs(150);

/// What Prometheus itself makes.
const OTHERS: [&str; 3] = ["up", "scrape_duration_seconds", "ALERTS"];

/// What is empty although all is well, by what its place begins with, and why.
const EMPTY: [(&str, &str); 13] = [
    ("overview.json, Servers that fail for long", "opt-in"),
    ("overview.json, OOM kills", "needs a control group"),
    ("overview.json, Throttled", "needs a control group"),
    ("overview.json, Shares of limits: memory", "needs a limit"),
    ("http.json, Busy time by route", "opt-in"),
    ("http.json, Received by route", "opt-in"),
    ("http.json, Failed by route", "nothing fails: see FAULT"),
    ("jobs.json, Peers", "for servers with a worker per peer"),
    ("runtime.json, CPU: quota", "needs a control group"),
    (
        "runtime.json, Memory",
        "needs a control group, jemalloc or a component",
    ),
    (
        "runtime.json, Throttled, OOM kills",
        "needs a control group",
    ),
    ("runtime.json, Collectors that fail", "none does"),
    ("runtime.json, Overflow by metric", "no cap is reached"),
];

/// What returns data once a process has lost its database.
const FAULT: [&str; 2] = ["http.json, Failed by route", "PeopleSeeErrors"];

/// For so long the fault lasts: people come in waves.
const BROKEN: Duration = Duration::from_secs(25);

/// The same of what alerts ask, by the metric.
const ABSENT: [(&str, &str); 4] = [
    (
        r#"job_queue_info{scope="local"}"#,
        "the demo server's processes have one table of jobs each, and call it shared",
    ),
    ("cgroup_", "needs a control group with limits"),
    ("job_interval_seconds", "only where the host gives one"),
    ("job_time_limit_seconds", "only where the host gives one"),
];

/// One run for all tests: a server takes its process' recorder.
static SEEN: LazyLock<Seen> = LazyLock::new(Seen::gather);

/// An expression, and where it stands.
struct Asked {
    place: String,
    expression: String,
}

#[derive(Default)]
struct Seen {
    /// What was asked, so that it is more than nothing.
    asked: usize,
    /// What one of the two did not understand.
    refused: Vec<String>,
    /// What returned nothing, though it should.
    empty: Vec<String>,
    instances: Vec<usize>,
    /// What returned nothing during the fault.
    blind: Vec<String>,
}

struct Beside(Child);

impl Drop for Beside {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A second process, and where it listens.
fn beside(data: &Path) -> (Beside, SocketAddr) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_beside"))
        .arg(data)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    (Beside(child), line.trim().parse().unwrap())
}

impl Seen {
    fn gather() -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (_beside, address) = beside(two.path());
        // One job, one token.
        fs::copy(
            two.path().join("metrics.token"),
            one.path().join("metrics.token"),
        )
        .unwrap();
        let mut stack = runtime
            .block_on(Stack::start(&Options {
                scrape: Some(Duration::from_secs(1)),
                data: Some(one.path().to_owned()),
                beside: vec![address],
                ..Options::default()
            }))
            .unwrap();
        std::thread::sleep(TRAFFIC);
        let mut seen = Self::default();
        let faults = || panels_and(alerts()).filter(|asked| starts(&asked.place, FAULT));
        let engines = [
            ("Prometheus", stack.prometheus()),
            ("VictoriaMetrics", stack.victoria_metrics()),
        ];
        for (name, queries) in &engines {
            let may_be_empty = EMPTY.map(|(begin, _)| begin);
            let panels = panels()
                .into_iter()
                .filter(|asked| !starts(&asked.place, may_be_empty));
            for asked in panels.chain(recordings()).chain(selectors()) {
                seen.ask(name, queries, &asked, true);
            }
            for asked in alerts().into_iter().chain([of_the_guide()]) {
                seen.ask(name, queries, &asked, false);
            }
            seen.instances
                .push(queries.instant("up == 1").unwrap().len());
        }
        let pool = stack.server.as_ref().unwrap().app.pool.clone();
        runtime.block_on(pool.close());
        std::thread::sleep(BROKEN);
        let well = std::mem::take(&mut seen.empty);
        for (name, queries) in &engines {
            for asked in faults() {
                seen.ask(name, queries, &asked, true);
            }
        }
        seen.blind = std::mem::replace(&mut seen.empty, well);
        // It has no database to end cleanly with.
        stack.kill_server();
        runtime.shutdown_background();
        seen
    }

    fn ask(&mut self, engine: &str, queries: &Queries, asked: &Asked, must: bool) {
        // The catalogue is held against what is named by a test of its own.
        if !promql::named(&asked.expression)
            .metrics
            .iter()
            .all(|(name, _)| known(name))
        {
            return;
        }
        self.asked += 1;
        let window = Window::new(LOOK, Duration::from_secs(1));
        let expression = Hurry::by(HURRY)
            .unwrap()
            .expression(&window.fill(&asked.expression));
        let place = format!("{engine}: {}\n  {expression}", asked.place);
        match queries.range(&expression, LOOK, Duration::from_secs(2)) {
            Err(error) => self.refused.push(format!("{place}\n  {error:#}")),
            Ok(series) => {
                let some = series
                    .iter()
                    .flat_map(|one| &one.values)
                    .any(|(_, value)| value != "NaN");
                if must && !some {
                    self.empty.push(place);
                }
            }
        }
    }
}

fn known(name: &str) -> bool {
    let base = ["_bucket", "_sum", "_count"]
        .iter()
        .find_map(|end| name.strip_suffix(end));
    OTHERS.contains(&name)
        || catalogue::all().any(|metric| metric.name() == name || Some(metric.name()) == base)
}

fn starts<const N: usize>(place: &str, begins: [&str; N]) -> bool {
    begins.iter().any(|begin| place.starts_with(begin))
}

fn panels_and(others: Vec<Asked>) -> impl Iterator<Item = Asked> {
    panels().into_iter().chain(others)
}

fn panels() -> Vec<Asked> {
    let mut asked = Vec::new();
    for board in dashboards::all() {
        let json: serde_json::Value = serde_json::from_str(&board.text()).unwrap();
        for panel in json["panels"].as_array().unwrap() {
            for target in panel["targets"].as_array().into_iter().flatten() {
                let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
                let place = format!(
                    "{}, {}: {}",
                    board.file(),
                    text(&panel["title"]),
                    text(&target["legendFormat"])
                );
                let expression = text(&target["expr"]);
                asked.push(Asked { place, expression });
            }
        }
    }
    asked
}

/// How often a threshold would have been crossed: well is never.
fn of_the_guide() -> Asked {
    Asked {
        place: "docs/monitoring.md".to_owned(),
        expression: snippet("monitoring", "promql would-have-fired", &[]),
    }
}

/// Rules with what other rules have recorded put in its place: VictoriaMetrics leaves rules to vmalert.
fn inlined() -> Vec<(rules::Rule, String)> {
    let all = rules::all();
    let recorded: Vec<_> = all
        .iter()
        .filter(|rule| rule.severity.is_empty())
        .cloned()
        .collect();
    all.into_iter()
        .map(|rule| {
            let inlined = recorded
                .iter()
                .fold(rule.expression.clone(), |expression, other| {
                    expression.replace(&other.name, &format!("({})", other.expression))
                });
            (rule, inlined)
        })
        .collect()
}

fn recordings() -> Vec<Asked> {
    asked(|rule| rule.severity.is_empty())
}

fn alerts() -> Vec<Asked> {
    asked(|rule| !rule.severity.is_empty())
}

fn asked(which: impl Fn(&rules::Rule) -> bool) -> Vec<Asked> {
    inlined()
        .into_iter()
        .filter(|(rule, _)| which(rule))
        .map(|(rule, expression)| Asked {
            place: rule.name,
            expression,
        })
        .collect()
}

/// What alerts stand on, each selector by itself: an alert says nothing when all is well, and also when what it asks is not there.
fn selectors() -> Vec<Asked> {
    let mut found = Vec::new();
    for (rule, expression) in inlined() {
        for (name, _) in promql::named(&expression).metrics {
            for (at, _) in expression.match_indices(&name) {
                let rest = &expression[at + name.len()..];
                let braces = match rest.find('}') {
                    Some(end) if rest.starts_with('{') => &rest[..=end],
                    _ => "",
                };
                let expression = format!("{name}{braces}");
                if starts(&expression, ABSENT.map(|(begin, _)| begin)) {
                    continue;
                }
                found.push(Asked {
                    place: rule.name.clone(),
                    expression,
                });
            }
        }
    }
    found.sort_by(|a, b| a.expression.cmp(&b.expression));
    found.dedup_by(|a, b| a.expression == b.expression);
    found
}

#[test]
fn every_query_of_every_dashboard_rule_and_alert_is_understood_by_both() {
    assert!(SEEN.asked > 200, "{}", SEEN.asked);
    assert!(SEEN.refused.is_empty(), "{}", SEEN.refused.join("\n"));
}

#[test]
fn whatever_is_asked_returns_data_of_both() {
    assert!(SEEN.empty.is_empty(), "{}", SEEN.empty.join("\n"));
}

#[test]
fn what_is_empty_when_all_is_well_returns_data_of_both_during_a_fault() {
    assert!(SEEN.blind.is_empty(), "{}", SEEN.blind.join("\n"));
}

#[test]
fn two_processes_are_scraped_by_both() {
    assert_eq!(SEEN.instances, [2, 2]);
}

#[test]
fn whatever_may_be_empty_is_there_to_be_empty() {
    let places: Vec<_> = dashboards::all()
        .iter()
        .map(|board| (board.file(), board.text()))
        .collect();
    for (begin, why) in EMPTY {
        let (file, title) = begin.split_once(", ").unwrap();
        let title = title.split(": ").next().unwrap();
        let (_, text) = places.iter().find(|(name, _)| name == file).unwrap();
        assert!(
            text.contains(&format!("\"title\": \"{title}")),
            "{begin} ({why}) is no panel"
        );
    }
}
