//! Every program runs, and what it asserts is true.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;

fn runs(program: &str) {
    let output = Command::new(program).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_client() {
    runs(env!("CARGO_BIN_EXE_client"));
}

#[test]
fn a_router() {
    runs(env!("CARGO_BIN_EXE_router"));
}

#[test]
fn a_service() {
    runs(env!("CARGO_BIN_EXE_service"));
}

#[test]
fn a_websocket() {
    runs(env!("CARGO_BIN_EXE_websocket"));
}
