//! systemd knows every word of the guide's unit.

use std::fs;
use std::process::Command;

use fedimetrics_contract::snippet;

/// What systemd says about a unit with these lines.
fn said(lines: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let unit = folder.path().join("fediverse.service");
    fs::write(&unit, format!("{lines}ExecStart=/bin/true\n")).unwrap();
    let run = Command::new("systemd-analyze")
        .arg("verify")
        .arg(&unit)
        .output()
        .expect("systemd-analyze, from Debian's package systemd");
    String::from_utf8_lossy(&[run.stdout, run.stderr].concat()).into_owned()
}

#[test]
fn systemd_has_nothing_to_say_about_the_guides_unit() {
    let lines = snippet("monitoring", "ini systemd", &[]);
    let about = |said: &str| said.contains("fediverse.service");
    assert!(!about(&said(&lines)), "{}", said(&lines));
    // It would have.
    assert!(about(&said(
        &lines.replace("LoadCredential", "LoadCredentials")
    )));
}
