//! Faults that need a network of the test's own: getaddrinfo against our nameserver, and addresses without a way to them.
//!
//! The test runs itself once more within namespaces of its own (`unshare`), where it may bind port 53, say what
//! `/etc/resolv.conf` holds and set routes, and nobody outside notices.

use std::fs;
use std::net::ToSocketAddrs;
use std::process::Command;

use fedimetrics_core::{Failure, Reason};

use crate::clients::{Given, Library};
use crate::nameserver::nameserver;

/// Set in the process that runs within.
const WITHIN: &str = "FEDIMETRICS_TEST_NETWORK";

/// What glibc makes of each answer: it has one text for SERVFAIL, REFUSED and silence.
const NAMES: &[(&str, Reason)] = &[
    ("nxdomain.example", Reason::Nxdomain),
    ("nodata.example", Reason::DnsNodata),
    ("servfail.example", Reason::DnsTemporary),
    ("refused.example", Reason::DnsTemporary),
    ("silence.example", Reason::DnsTemporary),
];

/// Addresses for documentation: within the namespace, the routing table says what becomes of them.
const PLACES: &[(&str, Reason)] = &[
    ("192.0.2.1", Reason::Enetunreach),
    ("198.51.100.1", Reason::Ehostunreach),
    ("203.0.113.1", Reason::Io),
];

const ROUTES: &[&str] = &[
    "link set lo up",
    "route add unreachable 198.51.100.0/24",
    "route add prohibit 203.0.113.0/24",
];

/// Whether this process runs within. If not, runs the test of this name once more there; where there are no namespaces
/// to be had, says so.
fn is_within(test: &str) -> bool {
    if std::env::var_os(WITHIN).is_some() {
        return true;
    }
    let unshare = || {
        let mut command = Command::new("unshare");
        // Who is not root yet is so within, where the system allows that.
        command.args(["--map-root-user", "--mount", "--net", "--"]);
        command
    };
    let probe = unshare().args(["ip", "link", "set", "lo", "up"]).output();
    if !probe.is_ok_and(|probe| probe.status.success()) {
        eprintln!(
            "\n*** SKIPPED, AND NOTHING IS PROVED: {test} needs `unshare`, `ip` and the right to use them ***\n"
        );
        return false;
    }
    let ran = unshare()
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", &format!("network::{test}"), "--nocapture"])
        .env(WITHIN, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    let more = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{said}{more}");
    assert!(said.contains("1 passed"), "{said}");
    false
}

fn run(program: &str, arguments: &str) {
    let ran = Command::new(program)
        .args(arguments.split(' '))
        .output()
        .unwrap();
    assert!(ran.status.success(), "{program} {arguments}: {ran:?}");
}

/// Puts this in the place of a file of the system's, for this namespace alone.
fn put(file: &str, text: &str) {
    let directory = tempfile::tempdir().unwrap();
    let ours = directory.path().join("ours");
    fs::write(&ours, text).unwrap();
    run("mount", &format!("--bind {} {file}", ours.display()));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_answer_of_a_nameserver_has_a_reason_through_getaddrinfo() {
    if !is_within("each_answer_of_a_nameserver_has_a_reason_through_getaddrinfo") {
        return;
    }
    run("ip", "link set lo up");
    put(
        "/etc/resolv.conf",
        "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n",
    );
    put("/etc/nsswitch.conf", "hosts: files dns\n");
    nameserver("127.0.0.1:53").await;
    for (name, reason) in NAMES {
        let looked_up = tokio::task::spawn_blocking(|| (*name, 443).to_socket_addrs().map(drop));
        let error = looked_up.await.unwrap().unwrap_err();
        if cfg!(target_env = "gnu") {
            assert_eq!(error.reason(), *reason, "{name}: {error}");
        }
        for library in Library::ALL {
            let url = format!("http://{name}/");
            library
                .fails(name, &url, &Given::default(), error.reason())
                .await;
        }
    }
}

#[tokio::test]
async fn a_place_without_a_way_to_it_has_a_reason() {
    if !is_within("a_place_without_a_way_to_it_has_a_reason") {
        return;
    }
    for route in ROUTES {
        run("ip", route);
    }
    for (place, reason) in PLACES {
        for library in Library::ALL {
            let url = format!("http://{place}/");
            library.fails(place, &url, &Given::default(), *reason).await;
        }
    }
}
