//! docs/monitoring.md: nothing in it is run by nobody, and a tired person finds what there is to do.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use fedimetrics_contract::{blocks, dashboards, rules, text};

/// Where tests of guides are.
fn tests() -> Vec<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    [
        "tests/operators",
        "tests/scaling",
        "../examples/stack/tests",
        "../examples/stack/tests/live",
    ]
    .iter()
    .flat_map(|folder| fs::read_dir(here.join(folder)).unwrap())
    .map(|entry| entry.unwrap().path())
    .filter(|path| path.extension().is_some_and(|end| end == "rs"))
    .collect()
}

/// What `follow.rs` and `exporters.rs` take from their top, whatever it is called.
const FOLLOWED: [&str; 2] = ["In ten minutes", "Exporters beside this one"];

#[test]
fn every_block_has_a_name_of_its_own_and_a_test_that_runs_it() {
    let tests: String = tests()
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    for guide in ["monitoring", "scaling"] {
        let mut names = HashSet::new();
        for block in blocks(guide) {
            // Those are run by rustdoc.
            if block.language() == "rust" {
                continue;
            }
            let name = &block.name;
            assert!(
                name.contains(' '),
                "{guide}: a block without a name:\n{}",
                block.text
            );
            assert!(names.insert(name.clone()), "{guide}: {name} twice");
            let followed = guide == "monitoring" && FOLLOWED.contains(&&*block.section);
            assert!(
                followed || tests.contains(&format!("\"{name}\"")),
                "{guide}: {name} is run by no test"
            );
        }
    }
}

/// Commands that stand in a sentence, and why no test runs them there.
const IN_SENTENCES: [(&str, &str); 9] = [
    (
        "git clone https://github.com/fedimetrics/fedimetrics",
        "the repository is what the test runs in",
    ),
    (
        "ssh -L 9090:127.0.0.1:9090 -L 8428:127.0.0.1:8428 YOUR.MACHINE",
        "it goes to another machine",
    ),
    ("cargo run -p stack", "examples/stack/tests start it"),
    (
        "cargo run -p stack -- --pictures docs/pictures",
        "examples/stack/tests draw them",
    ),
    (
        "runuser -u postgres psql",
        "the test is PostgreSQL's administrator by itself",
    ),
    ("curl -I https://debian.org", "tests reach no other machine"),
    (
        "apt install systemd-timesyncd",
        "it sets this machine's clock",
    ),
    ("chown", "the test's server runs as the test"),
    ("chmod 600", "a file of one server or another"),
];

#[test]
fn a_command_in_a_sentence_is_an_exception_with_a_reason() {
    let guide = text("monitoring");
    let mut fenced = false;
    let prose: Vec<_> = guide
        .lines()
        .filter(|line| {
            let fence = line.starts_with("```");
            fenced ^= fence;
            !fenced && !fence
        })
        .collect();
    let prose = prose.join(" ");
    let programs = [
        "amtool",
        "apt",
        "apt-get",
        "cargo",
        "chgrp",
        "chmod",
        "chown",
        "cp",
        "curl",
        "dig",
        "git",
        "install",
        "journalctl",
        "kill",
        "promtool",
        "psql",
        "runuser",
        "sh",
        "ssh",
        "sudo",
        "systemctl",
        "timedatectl",
        "vmalert",
    ];
    for word in prose.split('`').skip(1).step_by(2) {
        let program = word.split(' ').next().unwrap_or_default();
        let excused = IN_SENTENCES.iter().any(|(command, _)| *command == word);
        assert!(
            excused || !programs.contains(&program),
            "`{word}` is run by no test: make it a block"
        );
    }
    for (command, _) in IN_SENTENCES {
        assert!(
            prose.contains(&format!("`{command}`")),
            "`{command}` is not in the guide any more"
        );
    }
}

/// What the guide says about each alert: its name, its lines.
fn advice() -> Vec<(String, Vec<String>)> {
    let guide = text("monitoring");
    let (_, section) = guide
        .split_once("\n## What to do about an alert\n")
        .unwrap();
    let (section, _) = section.split_once("\n## ").unwrap_or((section, ""));
    section
        .split("\n### ")
        .skip(1)
        .map(|part| {
            let mut lines = part.lines().filter(|line| !line.is_empty());
            let name = lines.next().unwrap().to_owned();
            let mut points: Vec<String> = Vec::new();
            for line in lines {
                // Indented, it goes on.
                match line.strip_prefix("  ") {
                    Some(rest) => points.last_mut().unwrap().push_str(&format!(" {rest}")),
                    None if line.starts_with("- ") || points.is_empty() => {
                        points.push(line.to_owned())
                    }
                    None => points.last_mut().unwrap().push_str(&format!(" {line}")),
                }
            }
            (name, points)
        })
        .collect()
}

#[test]
fn of_every_alert_the_guide_says_what_it_means_where_to_look_and_what_to_do() {
    let advice = advice();
    let alerts: Vec<_> = rules::all()
        .into_iter()
        .filter(|rule| !rule.severity.is_empty())
        .collect();
    let names: Vec<_> = advice.iter().map(|(name, _)| name.as_str()).collect();
    for (name, _) in &advice {
        assert!(
            alerts.iter().any(|alert| alert.name == *name),
            "there is no alert {name}"
        );
    }
    for alert in &alerts {
        let at = names.iter().position(|name| *name == alert.name);
        let (_, points) = &advice[at.unwrap_or_else(|| panic!("nothing about {}", alert.name))];
        let shown: Vec<_> = points
            .iter()
            .map(|point| point.split(' ').take(2).collect::<Vec<_>>().join(" "))
            .collect();
        let mut severity = alert.severity.clone();
        severity[..1].make_ascii_uppercase();
        assert_eq!(points.len(), 3, "{}: {shown:?}", alert.name);
        assert!(
            points[0].starts_with(&format!("**{severity}.** ")),
            "{}: {shown:?}",
            alert.name
        );
        assert_eq!(shown[1..], ["- Look:", "- Do:"], "{}", alert.name);
    }
}

/// `*A panel*` without more is in the overview; the point says of others which dashboard they are in.
#[test]
fn panels_that_the_advice_names_are_where_it_says() {
    let boards: Vec<_> = dashboards::all()
        .iter()
        .map(|one| (one.file().replace(".json", ""), titles(&one.text())))
        .collect();
    let mut named = 0;
    for (alert, points) in advice() {
        for point in points {
            // What is bold has two of them, and `dns_*` one.
            let plain: String = point.replace("**", "").split('`').step_by(2).collect();
            for title in plain.split('*').skip(1).step_by(2) {
                let there = boards.iter().any(|(board, titles)| {
                    let said = board == "overview" || point.contains(&format!("in `{board}`"));
                    said && titles.iter().any(|found| found == title)
                });
                assert!(there, "{alert}: there is no panel {title} there");
                named += 1;
            }
        }
    }
    assert!(named > 60, "{named}");
}

fn titles(dashboard: &str) -> Vec<String> {
    let json: serde_json::Value = serde_json::from_str(dashboard).unwrap();
    let panels = json["panels"].as_array().unwrap();
    panels
        .iter()
        .map(|panel| panel["title"].as_str().unwrap().to_owned())
        .collect()
}

/// Headings and files that the guide leads to.
#[test]
fn every_link_of_the_guide_leads_somewhere() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let guide = text("monitoring");
    for link in guide
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
    {
        let (file, anchor) = link.0.split_once('#').unwrap_or((link.0, ""));
        if file.starts_with("http") {
            continue;
        }
        let path = if file.is_empty() {
            docs.join("monitoring.md")
        } else {
            docs.join(file)
        };
        assert!(path.exists(), "{}", link.0);
        if !anchor.is_empty() {
            let there = fs::read_to_string(path).unwrap();
            let found = there
                .lines()
                .filter(|line| line.starts_with('#'))
                .any(|line| slug(line) == anchor);
            assert!(found, "{}", link.0);
        }
    }
}

/// As GitHub makes one of a heading.
fn slug(heading: &str) -> String {
    heading
        .trim_start_matches('#')
        .trim()
        .to_lowercase()
        .chars()
        .filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter))
        .map(|letter| if letter == ' ' { '-' } else { letter })
        .collect()
}
