//! systemd knows every word of the guide's units.

use std::fs;
use std::process::Command;

use fedimetrics_contract::snippet;

/// What systemd says about this unit.
fn said(unit: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fediverse.service");
    fs::write(&file, unit).unwrap();
    let run = Command::new("systemd-analyze")
        .arg("verify")
        .arg(&file)
        .output()
        .expect("systemd-analyze, from Debian's package systemd");
    let said = [run.stdout, run.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let own = said
        .lines()
        .filter(|line| line.contains("fediverse.service"));
    own.collect::<Vec<_>>().join("\n")
}

#[test]
fn systemd_has_nothing_to_say_about_the_guides_units() {
    let lines = snippet("monitoring", "ini systemd", &[]);
    let server = format!("{lines}ExecStart=/bin/true\n");
    assert_eq!(said(&server), "");
    // It would have.
    assert_ne!(
        said(&server.replace("LoadCredential", "LoadCredentials")),
        ""
    );

    let environment = snippet("monitoring", "ini systemd-environment", &[]);
    let server = format!("{environment}ExecStart=/bin/true\n");
    assert_eq!(said(&server), "");
    assert_ne!(said(&server.replace("File=", "Files=")), "");

    let vmalert = snippet("monitoring", "ini victoria-metrics-rules", &[]);
    assert_eq!(said(&vmalert), "");
    assert_ne!(
        said(&vmalert.replace("/usr/bin/vmalert", "vmalert-that-is-not-there")),
        ""
    );
}
