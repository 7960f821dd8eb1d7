//! What is told beside the numbers, under the same rule.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use fedimetrics_core::endpoint::{Listen, Report};
use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Access, Exporter};

use crate::support::{TOKEN, ask, bearer, get};

const AT: &str = "/metrics/failing_targets.json";

#[test]
fn a_report_is_for_those_alone_who_may_read_the_numbers() {
    let exporter = Exporter::builder().build().unwrap();
    let read = Arc::new(AtomicUsize::new(0));
    let reads = read.clone();
    let report = Report::json("failing_targets.json", move || {
        reads.fetch_add(1, Ordering::Relaxed);
        r#"{"failing":[]}"#.to_owned()
    });
    let endpoint = exporter
        .endpoint(Access::bearer_tokens([TOKEN]).unwrap())
        .with_report(report)
        .with_waiting(8);
    let serving = endpoint.serve(Listen::tcp(([127, 0, 0, 1], 0))).unwrap();
    let address = serving.local_addr().unwrap();
    let right = bearer(TOKEN);
    let token = &[("authorization", &*right)];
    for (method, path, headers, status) in [
        ("GET", AT, &[][..], 401),
        (
            "GET",
            AT,
            &[("authorization", "Bearer another-token-0000")],
            401,
        ),
        ("POST", AT, &[], 401),
        ("POST", AT, token, 405),
        ("HEAD", AT, token, 200),
        ("GET", "/failing_targets.json", token, 404),
        ("GET", "/metrics/other.json", token, 404),
    ] {
        let reply = ask(address, method, path, headers);
        assert_eq!(reply.status, status, "{method} {path}");
        assert_eq!(reply.text(), "", "{method} {path}");
    }
    assert_eq!(read.load(Ordering::Relaxed), 0, "nothing was read for them");

    let reply = ask(address, "GET", AT, token);
    assert_eq!((reply.status, &*reply.text()), (200, r#"{"failing":[]}"#));
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let numbers = get(address, token);
    assert!(
        numbers
            .text()
            .contains("# TYPE exporter_scrapes_total counter")
    );
    let counted = Scrape::parse(&numbers.text());
    assert_eq!(
        counted.value("exporter_scrapes_total", &[("code", "401")]),
        Some(3.0)
    );
}

#[test]
fn a_report_that_panics_is_missing_and_nothing_else_is() {
    let exporter = Exporter::builder().build().unwrap();
    let endpoint = exporter
        .endpoint(Access::open())
        .with_report(Report::json("broken.json", || panic!("within a report")));
    let serving = endpoint.serve(Listen::tcp(([127, 0, 0, 1], 0))).unwrap();
    let address = serving.local_addr().unwrap();
    assert_eq!(ask(address, "GET", "/metrics/broken.json", &[]).status, 503);
    assert_eq!(get(address, &[]).status, 200);
}
