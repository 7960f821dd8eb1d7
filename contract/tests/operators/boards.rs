//! The dashboards are those that their descriptions make, and a tired person can read them.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use fedimetrics_contract::dashboards;
use serde_json::Value;

fn board(file: &str) -> String {
    fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../dashboards")
            .join(file),
    )
    .unwrap()
}

/// Every panel that shows data, with the name of its dashboard.
pub(crate) fn panels() -> Vec<(String, Value)> {
    dashboards::all()
        .iter()
        .flat_map(|one| {
            let json: Value = serde_json::from_str(&board(&one.file())).unwrap();
            let panels = json["panels"].as_array().unwrap().clone();
            let shown = panels.into_iter().filter(|panel| panel["type"] != "row");
            shown.map(|panel| (one.file(), panel)).collect::<Vec<_>>()
        })
        .collect()
}

/// The expressions of a panel.
pub(crate) fn expressions(panel: &Value) -> Vec<String> {
    let targets = panel["targets"].as_array().unwrap();
    targets
        .iter()
        .map(|target| target["expr"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_files_are_what_their_descriptions_make() {
    for one in dashboards::all() {
        assert!(
            board(&one.file()) == one.text(),
            "{}: cargo run -p fedimetrics-contract --bin dashboards -- dashboards",
            one.file()
        );
    }
}

#[test]
fn the_page_of_panels_is_what_they_say() {
    let text = fedimetrics_contract::text("panels");
    assert!(text == dashboards::page(), "{}", dashboards::COMMAND);
}

#[test]
fn every_panel_says_what_it_shows_and_in_which_unit() {
    for (file, panel) in panels() {
        let title = panel["title"].as_str().unwrap();
        let description = panel["description"].as_str().unwrap();
        assert!(
            !title.is_empty() && description.len() > 10 && description.ends_with('.'),
            "{file}: {title}"
        );
        assert!(
            panel["fieldConfig"]["defaults"]["unit"].is_string(),
            "{file}: {title}"
        );
        let targets = panel["targets"].as_array().unwrap();
        assert!(!targets.is_empty(), "{file}: {title}");
        let several = targets.len() > 1;
        for target in targets {
            let legend = target["legendFormat"].as_str().unwrap();
            assert!(
                !several || legend != "__auto",
                "{file}: {title} has several lines without a name"
            );
            let by = target["expr"].as_str().unwrap();
            for label in legend
                .split("{{")
                .skip(1)
                .filter_map(|part| part.split_once("}}"))
            {
                assert!(
                    by.contains(label.0),
                    "{file}: {title} has no {} to show",
                    label.0
                );
            }
        }
    }
}

#[test]
fn no_two_panels_of_a_dashboard_overlap_or_share_a_title() {
    for one in dashboards::all() {
        let json: Value = serde_json::from_str(&one.text()).unwrap();
        let (mut taken, mut titles) = (HashSet::new(), HashSet::new());
        for panel in json["panels"].as_array().unwrap() {
            let at = |key: &str| panel["gridPos"][key].as_u64().unwrap();
            assert!(
                at("x") + at("w") <= 24,
                "{}: {}",
                one.file(),
                panel["title"]
            );
            for x in at("x")..at("x") + at("w") {
                for y in at("y")..at("y") + at("h") {
                    assert!(
                        taken.insert((x, y)),
                        "{}: {} lies over another",
                        one.file(),
                        panel["title"]
                    );
                }
            }
            assert!(
                titles.insert(panel["title"].clone()),
                "{}: {} twice",
                one.file(),
                panel["title"]
            );
        }
    }
}

/// Queues, targets and an instance's own figures are read by one process for all: there, the server is chosen alone.
#[test]
fn every_query_asks_for_the_chosen_server_and_process() {
    let shared = [
        "job_queue_",
        "delivery_targets",
        "delivery_failing",
        "delivery_peer",
        "fediverse_",
        "storage_",
        "service_build_info",
    ];
    for (file, panel) in panels() {
        for expression in expressions(&panel) {
            for (metric, matched) in fedimetrics_contract::promql::named(&expression).metrics {
                let place = format!("{file}, {}: {metric}", panel["title"]);
                assert!(
                    matched.contains(&"job".to_owned()),
                    "{place} is asked of every server"
                );
                let shared =
                    shared.iter().any(|prefix| metric.starts_with(prefix)) || metric == "up";
                assert!(
                    shared || matched.contains(&"instance".to_owned()),
                    "{place} is asked of every process"
                );
            }
        }
    }
}
