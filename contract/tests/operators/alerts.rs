//! Rules and alerts: promtool and amtool have nothing against them, each has its cases, and each leads into the guide.

use std::fs;
use std::path::Path;
use std::process::Command;

use fedimetrics_contract::rules;

fn passes(command: &str, arguments: &[&str], package: &str) {
    let run = Command::new(command)
        .args(arguments)
        .current_dir(rules::folder())
        .output()
        .unwrap_or_else(|error| panic!("{command}, from Debian's package {package}: {error}"));
    let said = [run.stdout, run.stderr].concat();
    assert!(
        run.status.success(),
        "{command}: {}",
        String::from_utf8_lossy(&said)
    );
}

fn tests() -> Vec<String> {
    let folder = fs::read_dir(rules::folder().join("tests")).unwrap();
    let mut tests: Vec<_> = folder
        .map(|file| format!("tests/{}", file.unwrap().file_name().to_str().unwrap()))
        .collect();
    tests.sort();
    tests
}

#[test]
fn promtool_reads_every_rule() {
    passes(
        "promtool",
        &["check", "rules", "http.yml", "jobs.yml", "runtime.yml"],
        "prometheus",
    );
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

#[test]
fn every_case_of_every_alert_comes_out_as_it_says() {
    let tests = tests();
    let mut arguments = vec!["test", "rules"];
    arguments.extend(tests.iter().map(String::as_str));
    passes("promtool", &arguments, "prometheus");
}

#[test]
fn amtool_reads_the_example_for_alertmanager() {
    passes(
        "amtool",
        &["check-config", "alertmanager.yml"],
        "prometheus-alertmanager",
    );
}

/// By name: a case that begins with the alert's name fires it or does not.
#[test]
fn every_alert_has_a_case_that_fires_and_one_that_does_not() {
    let all: String = tests()
        .iter()
        .map(|test| fs::read_to_string(rules::folder().join(test)).unwrap())
        .collect();
    for rule in rules::all()
        .into_iter()
        .filter(|rule| !rule.severity.is_empty())
    {
        let name = &rule.name;
        let fires = format!(
            "labels: '{{alertname=\"{name}\", severity=\"{}\"}}'",
            rule.severity
        );
        assert!(
            all.contains(&fires),
            "no case in which {name} fires as {}",
            rule.severity
        );
        let of_it = |case: &&str| {
            let title = case.lines().next().unwrap_or_default();
            format!("{title} ").contains(&format!("{name} "))
        };
        let silent = all.split("- name: ").filter(of_it).any(|case| {
            let checks = case.matches("eval_time").count();
            case.matches(&fires).count() < checks
        });
        assert!(silent, "no case in which {name} stays silent");
    }
}

#[test]
fn severities_are_three_and_runbooks_are_headings_of_the_guide() {
    let guide =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/monitoring.md"))
            .unwrap();
    for rule in rules::all()
        .into_iter()
        .filter(|rule| !rule.severity.is_empty() || !rule.runbook.is_empty())
    {
        assert!(
            ["critical", "warning", "info"].contains(&rule.severity.as_str()),
            "{}: {}",
            rule.name,
            rule.severity
        );
        let (page, anchor) = rule.runbook.split_once('#').unwrap();
        assert!(page.ends_with("/blob/main/docs/monitoring.md"), "{page}");
        assert_eq!(anchor, rule.name.to_lowercase());
        let headings: Vec<_> = guide
            .lines()
            .filter(|line| *line == format!("### {}", rule.name))
            .collect();
        assert_eq!(
            headings.len(),
            1,
            "the guide tells once what to do about {}",
            rule.name
        );
    }
}
