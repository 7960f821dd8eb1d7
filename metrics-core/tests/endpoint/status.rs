//! Every status that a request can get.

use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Access, Exporter};

use crate::support::{Probe, Reply, TOKEN, ask, bearer, get, serve};

fn guarded() -> (Exporter, Access) {
    let exporter = Exporter::builder().build().unwrap();
    (exporter, Access::bearer_tokens([TOKEN]).unwrap())
}

/// What every answer has, and what a refusal does not say.
fn is_discreet(reply: &Reply) {
    assert_eq!(reply.header("cache-control"), Some("no-store"), "{reply:?}");
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(
        reply.header("vary"),
        Some("Accept, Accept-Encoding, Authorization")
    );
    assert_eq!(reply.header("location"), None);
    assert_eq!(reply.header("server"), None);
    if reply.status != 200 {
        assert_eq!(reply.body, b"", "nothing is said to a stranger");
        assert_eq!(reply.header("content-type"), None);
    }
}

#[test]
fn each_request_gets_its_status_and_is_counted() {
    let (exporter, access) = guarded();
    let (_serving, address) = serve(&exporter, access);
    let right = bearer(TOKEN);
    let right: &[_] = &[("authorization", right.as_str())];
    for (method, path, headers, status) in [
        ("GET", "/metrics", right, 200),
        ("GET", "/metrics?name=up", right, 200),
        ("HEAD", "/metrics", right, 200),
        ("GET", "/metrics", &[], 401),
        (
            "GET",
            "/metrics",
            &[("authorization", "Bearer another-one-altogether")],
            401,
        ),
        ("POST", "/metrics", &[], 401),
        ("POST", "/metrics", right, 405),
        ("OPTIONS", "/metrics", right, 405),
        ("GET", "/", right, 404),
        ("GET", "/metrics/", right, 404),
        ("GET", "//metrics", right, 404),
    ] {
        let reply = ask(address, method, path, headers);
        assert_eq!(reply.status, status, "{method} {path} {headers:?}");
        is_discreet(&reply);
    }
    let scrape = Scrape::parse(&get(address, right).text());
    for (code, count) in [
        ("200", 3.0),
        ("401", 3.0),
        ("403", 0.0),
        ("404", 3.0),
        ("405", 2.0),
        ("503", 0.0),
    ] {
        assert_eq!(
            scrape.value("exporter_scrapes_total", &[("code", code)]),
            Some(count),
            "{code}"
        );
    }
    assert!(
        scrape
            .value("exporter_scrape_duration_seconds", &[])
            .unwrap()
            > 0.0
    );
}

#[test]
fn a_refusal_says_what_is_missing_in_its_head() {
    let (exporter, access) = guarded();
    let (_serving, address) = serve(&exporter, access);
    let anonymous = get(address, &[]);
    assert_eq!(
        anonymous.header("www-authenticate"),
        Some(r#"Bearer realm="metrics""#)
    );
    let unknown = get(
        address,
        &[("authorization", "Bearer another-one-altogether")],
    );
    assert_eq!(
        unknown.header("www-authenticate"),
        Some(r#"Bearer realm="metrics", error="invalid_token""#)
    );
    let post = ask(
        address,
        "POST",
        "/metrics",
        &[("authorization", &bearer(TOKEN))],
    );
    assert_eq!(post.header("allow"), Some("GET, HEAD"));
}

#[test]
fn what_is_closed_says_403_and_what_is_off_404() {
    for (access, status) in [
        (Access::closed(), 403),
        (Access::default(), 403),
        (Access::off(), 404),
        (Access::off().or(Access::open()), 404),
        (Access::closed().or(Access::open()), 200),
    ] {
        let exporter = Exporter::builder().build().unwrap();
        let (_serving, address) = serve(&exporter, access);
        let reply = get(address, &[("authorization", &bearer(TOKEN))]);
        assert_eq!(reply.status, status);
        is_discreet(&reply);
        let code = [("code", status.to_string())];
        let code = [(code[0].0, code[0].1.as_str())];
        let counted = Scrape::of(&exporter).value("exporter_scrapes_total", &code);
        assert_eq!(counted, Some(1.0));
    }
}

#[test]
fn head_has_the_same_head_and_renders_nothing() {
    let probe = Probe::new("probe", || {});
    let exporter = Exporter::builder().collect(probe.clone()).build().unwrap();
    let (_serving, address) = serve(&exporter, Access::open());
    for headers in [
        &[][..],
        &[
            ("accept", "application/openmetrics-text"),
            ("accept-encoding", "gzip"),
        ],
    ] {
        let before = probe.reads();
        let mut head = ask(address, "HEAD", "/metrics", headers);
        assert_eq!(probe.reads(), before);
        assert_eq!(head.body, b"");
        assert_eq!(
            head.header("content-length"),
            None,
            "a wrong one is worse than none"
        );
        let mut get = get(address, headers);
        assert_eq!(
            get.headers.remove("content-length"),
            Some(get.body.len().to_string())
        );
        get.headers.remove("date");
        head.headers.remove("date");
        assert_eq!(head.headers, get.headers);
        assert_eq!(head.status, get.status);
    }
}
