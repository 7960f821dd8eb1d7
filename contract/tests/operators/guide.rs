//! docs/monitoring.md works as it is written.

use std::fs;
use std::process::Command;

use fedimetrics_contract::{rules, snippet};

fn sh(script: &str) -> String {
    let run = Command::new("sh").args(["-ec", script]).output().unwrap();
    let said = [run.stdout, run.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(run.status.success(), "{script}: {said}");
    said
}

#[test]
fn its_command_makes_a_token_that_only_its_owner_reads() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fediverse.token");
    sh(&snippet(
        "monitoring",
        "sh token",
        &[("/etc/prometheus/fediverse.token", file.to_str().unwrap())],
    ));
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    // The same one is good enough for the endpoint.
    fedimetrics_core::Access::bearer_token_file(&file).unwrap();
}

#[test]
fn promtool_reads_its_configuration_and_the_rules_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("fediverse.token"), "c2NyYXBlIG1lIGdlbnRseQ").unwrap();
    fs::create_dir(path("rules")).unwrap();
    for file in rules::files() {
        fs::copy(
            &file,
            folder.path().join("rules").join(file.file_name().unwrap()),
        )
        .unwrap();
    }
    let yaml = snippet(
        "monitoring",
        "yaml prometheus",
        &[
            ("/etc/prometheus/fediverse.token", &path("fediverse.token")),
            ("/etc/prometheus/fedimetrics", &path("rules")),
        ],
    );
    fs::write(path("prometheus.yml"), yaml).unwrap();
    let said = sh(&snippet(
        "monitoring",
        "sh check",
        &[("/etc/prometheus/prometheus.yml", &path("prometheus.yml"))],
    ));
    assert_eq!(said.matches("rules found").count(), 3, "{said}");
    assert!(said.contains("is valid prometheus config"), "{said}");
}
