//! A listener that is a file.

use std::fs;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};

use fedimetrics_core::endpoint::Listen;
use fedimetrics_core::{Access, Exporter};

use crate::support::{TOKEN, bearer, send};

fn exporter() -> Exporter {
    Exporter::builder().build().unwrap()
}

#[test]
fn a_unix_socket_serves_is_private_and_goes_with_its_listener() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("metrics.sock");
    let access = Access::bearer_tokens([TOKEN]).unwrap();
    let serving = exporter().serve(Listen::unix(&path), access).unwrap();
    assert_eq!(serving.local_addr(), None);
    let metadata = fs::metadata(&path).unwrap();
    assert!(metadata.file_type().is_socket());
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    let ask = |headers: &[_]| {
        let stream = UnixStream::connect(&path).unwrap();
        send(stream, "GET", "/metrics", headers)
    };
    assert_eq!(ask(&[]).status, 401);
    let reply = ask(&[("authorization", &bearer(TOKEN))]);
    assert!(
        reply
            .text()
            .contains("exporter_scrapes_total{code=\"401\"} 1\n")
    );
    serving.shutdown();
    assert!(!path.exists());
}

#[test]
fn a_socket_that_was_left_behind_makes_way_and_nothing_else_does() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("metrics.sock");
    let serve = || exporter().serve(Listen::unix(&path), Access::open());

    drop(UnixListener::bind(&path).unwrap());
    assert!(path.exists(), "as a process that was killed leaves it");
    let serving = serve().unwrap();

    let error = serve().unwrap_err();
    assert!(
        error.is_listen() && error.to_string().contains("already"),
        "{error}"
    );
    let stream = UnixStream::connect(&path).unwrap();
    assert_eq!(
        send(stream, "GET", "/metrics", &[]).status,
        200,
        "the first one goes on"
    );
    serving.shutdown();

    fs::write(&path, "precious").unwrap();
    let error = serve().unwrap_err();
    assert!(error.to_string().contains("no socket"), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
}

#[test]
fn what_took_its_place_is_not_removed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("metrics.sock");
    let serving = exporter()
        .serve(Listen::unix(&path), Access::open())
        .unwrap();
    fs::remove_file(&path).unwrap();
    let _other = UnixListener::bind(&path).unwrap();
    serving.shutdown();
    assert!(path.exists());
}

#[test]
fn addresses_cannot_be_checked_where_there_are_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("metrics.sock");
    let access = Access::open().with_addresses(["127.0.0.1"]).unwrap();
    let error = exporter().serve(Listen::unix(&path), access).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("leave out Access::with_addresses"),
        "{error}"
    );
    assert!(!path.exists());
}
