//! A slot's file is whole or not there, and its process's own.

use std::error::Error as _;
use std::fs;
use std::thread;

use super::*;

fn slots(folder: &std::path::Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_file_is_there_as_long_as_its_process() {
    let folder = tempfile::tempdir().unwrap();
    let web = FileSd::new(folder.path(), "web")
        .publish("127.0.0.1:1")
        .unwrap();
    let worker = FileSd::new(folder.path(), "worker-0")
        .publish("127.0.0.1:2")
        .unwrap();
    assert_eq!(slots(folder.path()), ["web.json", "worker-0.json"]);
    drop(web);
    assert_eq!(slots(folder.path()), ["worker-0.json"]);
    drop(worker);
    assert!(slots(folder.path()).is_empty());
}

#[cfg(unix)]
#[test]
fn everybody_may_read_a_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let web = FileSd::new(folder.path(), "web")
        .publish("127.0.0.1:1")
        .unwrap();
    let mode = fs::metadata(web.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o644);
}

#[test]
fn a_file_that_a_killed_process_left_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let killed = FileSd::new(folder.path(), "web")
        .publish("127.0.0.1:1")
        .unwrap();
    std::mem::forget(killed);
    let next = FileSd::new(folder.path(), "web")
        .publish("127.0.0.1:2")
        .unwrap();
    let text = fs::read_to_string(next.path()).unwrap();
    assert!(text.contains("127.0.0.1:2") && !text.contains("127.0.0.1:1"));
    drop(next);
    assert!(slots(folder.path()).is_empty());
}

#[test]
fn an_old_process_leaves_the_file_of_the_new_one_alone() {
    let folder = tempfile::tempdir().unwrap();
    let old = FileSd::new(folder.path(), "web")
        .publish("127.0.0.1:1")
        .unwrap();
    let new = FileSd::new(folder.path(), "web")
        .publish("127.0.0.1:1")
        .unwrap();
    let error = old.update("127.0.0.1:2").unwrap_err();
    assert!(error.is_target(), "{error}");
    drop(old);
    assert!(new.path().exists());
    new.update("127.0.0.1:3").unwrap();
}

#[test]
fn whoever_reads_sees_a_whole_file() {
    let folder = tempfile::tempdir().unwrap();
    let published = FileSd::new(folder.path(), "web")
        .with_label("role", "x".repeat(20_000))
        .publish("127.0.0.1:1")
        .unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            (1..500).for_each(|port| published.update(format!("127.0.0.1:{port}")).unwrap())
        });
        for _ in 0..500 {
            let text = fs::read_to_string(published.path()).unwrap();
            assert!(text.starts_with("[{") && text.ends_with("}}]\n"));
        }
    });
    assert_eq!(slots(folder.path()), ["web.json"]);
}

#[test]
fn every_value_is_escaped() {
    let nasty = "quote \" backslash \\ line\nbell \u{7} é \u{2028}";
    let labels = std::collections::BTreeMap::from([("a".to_owned(), nasty.to_owned())]);
    assert_eq!(
        json::group("h:1", &labels, "o"),
        "[{\"targets\":[\"h:1\"],\"labels\":{\"a\":\"quote \\\" backslash \\\\ line\\nbell \\u0007 é \u{2028}\",\
         \"__meta_fedimetrics_owner\":\"o\"}}]\n"
    );
}

#[test]
fn what_cannot_be_published_says_what_to_write() {
    let folder = tempfile::tempdir().unwrap();
    let publish = |slot: &str, label: &str, target: &str| {
        let published = FileSd::new(folder.path(), slot)
            .with_label(label, "")
            .publish(target);
        published.unwrap_err().to_string()
    };
    assert!(publish("../web", "a", "h:1").contains("worker-0"));
    assert!(publish(".web", "a", "h:1").contains("worker-0"));
    assert!(publish("web", "a-b", "h:1").contains("role"));
    assert!(publish("web", "a", "0.0.0.0:1").contains("127.0.0.1"));
    let error = FileSd::new(folder.path().join("gone"), "web")
        .publish("h:1")
        .unwrap_err();
    assert!(error.to_string().contains("RuntimeDirectory"), "{error}");
    assert!(error.source().is_some());
    assert!(slots(folder.path()).is_empty());
}
