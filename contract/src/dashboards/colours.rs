//! Colours: what is well is green everywhere, what is ours to mend is red, and nothing else is.

use serde_json::{Value, json};

/// Names of series, as a pattern of the whole name, and their colour.
const NAMES: [(&str, &str); 6] = [
    (
        "ok|success|accepted|current|quick \\(below 0.1 s\\)",
        "green",
    ),
    ("server_error|panic|timeout|service|error|us", "red"),
    ("client_error|final_failure|failing|slow|unclear", "orange"),
    (
        "exception|bad_signature|key_unavailable|behind|medium \\(to 1 s\\)|them",
        "yellow",
    ),
    (
        "aborted|cancelled|gone|dead|given_up|discard|blocked|unsupported",
        "#8e9199",
    ),
    ("snooze|duplicate|body|malformed", "purple"),
];

/// Labels whose values these names are.
const LABELS: [&str; 4] = ["{{outcome}}", "{{result}}", "{{blame}}", "{{state}}"];

/// How the name of a limit ends. It is no quantity: a dashed line, beside what it limits.
const LIMITS: [&str; 7] = [
    "limit",
    "slots",
    "max",
    "size",
    "peak",
    "there are",
    "group",
];

/// What Grafana is to draw otherwise than the rest of a panel whose lines are called so.
pub(super) fn overrides(legends: &[&str]) -> Value {
    let mut overrides = Vec::new();
    let mut draw = |names: &str, properties: Value| {
        let matcher = json!({ "id": "byRegexp", "options": format!("/^({names})$/") });
        overrides.push(json!({ "matcher": matcher, "properties": properties }));
    };
    let any = |is: &dyn Fn(&str) -> bool| legends.iter().any(|legend| is(legend));
    if any(&|legend| LABELS.contains(&legend) || legend.starts_with("quick ")) {
        for (names, colour) in NAMES {
            let colour = json!({ "mode": "fixed", "fixedColor": colour });
            draw(names, json!([{ "id": "color", "value": colour }]));
        }
    }
    if any(&|legend| LIMITS.iter().any(|end| legend.ends_with(end))) {
        let dashed = json!({ "fill": "dash", "dash": [8, 6] });
        draw(
            &format!("(.+ )?({})", LIMITS.join("|")),
            json!([{ "id": "custom.lineStyle", "value": dashed }]),
        );
    }
    overrides.into()
}
