//! What is asked: every expression of every dashboard, rule and alert, and where it stands.

use fedimetrics_contract::{catalogue, dashboards, promql, rules, snippet};

/// What alerts ask that need not be there, and why.
const ABSENT: [(&str, &str); 1] = [(
    "cgroup_",
    "in a control group with limits only: the process of the other run is in one",
)];

/// What Prometheus itself makes.
const OTHERS: [&str; 3] = ["up", "scrape_duration_seconds", "ALERTS"];

/// An expression, and where it stands.
pub(crate) struct Asked {
    pub(crate) place: String,
    pub(crate) expression: String,
}

pub(crate) fn known(name: &str) -> bool {
    let base = ["_bucket", "_sum", "_count"]
        .iter()
        .find_map(|end| name.strip_suffix(end));
    OTHERS.contains(&name)
        || catalogue::all().any(|metric| metric.name() == name || Some(metric.name()) == base)
}

pub(crate) fn starts(place: &str, begins: &[&str]) -> bool {
    begins.iter().any(|begin| place.starts_with(begin))
}

pub(crate) fn panels() -> Vec<Asked> {
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
pub(crate) fn of_the_guide() -> Asked {
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

pub(crate) fn recordings() -> Vec<Asked> {
    asked(|rule| rule.severity.is_empty())
}

pub(crate) fn alerts() -> Vec<Asked> {
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
pub(crate) fn selectors() -> Vec<Asked> {
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
                if starts(&expression, &ABSENT.map(|(begin, _)| begin)) {
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
