//! A process that has no descriptors left.

use std::env;
use std::net::TcpStream;
use std::process::Command;

use fedimetrics_core::{Access, Exporter};

use crate::support::{get, serve, until};

const CHILD: &str = "FEDIMETRICS_FEW_DESCRIPTORS";

#[test]
fn without_descriptors_it_complains_once_and_goes_on_when_there_are_some() {
    if env::var_os(CHILD).is_some() {
        return with_few_descriptors();
    }
    // The limit is the process's, so it needs one of its own.
    let output = Command::new("sh")
        .args(["-c", "ulimit -n 40 && exec \"$0\" \"$@\""])
        .arg(env::current_exe().unwrap())
        .args([
            "--exact",
            "--nocapture",
            "exhausted::without_descriptors_it_complains_once_and_goes_on_when_there_are_some",
        ])
        .env(CHILD, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert_eq!(
        said.matches("cannot accept connections").count(),
        1,
        "{said}"
    );
}

fn with_few_descriptors() {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    let exporter = Exporter::builder().build().unwrap();
    let (_serving, address) = serve(&exporter, Access::open());
    let mut held = Vec::new();
    until("there are none left", || {
        // Each takes one at either end, once it is accepted.
        TcpStream::connect(address)
            .map(|stream| held.push(stream))
            .is_err()
    });
    // The last ones wait to be accepted meanwhile, which fails again and again.
    drop(held);
    assert_eq!(get(address, &[]).status, 200);
}
