//! Tells the compiler which commit this is, for `service_build_info`.
#![allow(clippy::print_stdout, reason = "this is how cargo is told")]

use std::process::Command;

fn git(arguments: &[&str]) -> String {
    let output = Command::new("git").args(arguments).output();
    output
        .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
        .unwrap_or_default()
}

fn main() {
    println!(
        "cargo::rustc-env=GIT_REVISION={}",
        git(&["rev-parse", "--short", "HEAD"])
    );
    println!(
        "cargo::rerun-if-changed={}",
        git(&["rev-parse", "--git-path", "logs/HEAD"])
    );
}
