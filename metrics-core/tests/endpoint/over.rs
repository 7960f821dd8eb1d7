//! An endpoint over another exporter's text.

use fedimetrics_core::endpoint::Listen;
use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Access, Endpoint, Exporter};

use crate::support::{Probe, TOKEN, bearer, get};

fn foreign() -> String {
    // No line feed at the end, which is not a whole scrape.
    "# TYPE foreign_total counter\nforeign_total 3".to_owned()
}

#[test]
fn it_is_shown_as_text_behind_the_same_rules_with_the_collectors_behind_it() {
    let exporter = Exporter::builder()
        .collect(Probe::new("probe", || {}))
        .build()
        .unwrap();
    metrics::with_local_recorder(&exporter.recorder(), || {
        metrics::counter!("own_total").increment(1);
    });
    let access = Access::bearer_tokens([TOKEN]).unwrap();
    let serving = Endpoint::over(foreign, access)
        .with_collectors_of(&exporter)
        .serve(Listen::tcp(([127, 0, 0, 1], 0)))
        .unwrap();
    let address = serving.local_addr().unwrap();
    assert_eq!(get(address, &[]).status, 401);
    let reply = get(
        address,
        &[
            ("authorization", &bearer(TOKEN)),
            ("accept", "application/openmetrics-text"),
        ],
    );
    assert_eq!(
        reply.header("content-type"),
        Some("text/plain; version=0.0.4; charset=utf-8")
    );
    let text = reply.text();
    assert!(text.starts_with(&format!("{}\n", foreign())), "{text}");
    let scrape = Scrape::parse(&text);
    assert_eq!(scrape.value("demo_seen", &[]), Some(1.0));
    assert_eq!(
        scrape.value("exporter_collector_success", &[("collector", "probe")]),
        Some(1.0)
    );
    assert!(
        !scrape.has("own_total"),
        "it may have the same name over there"
    );
    assert!(!scrape.has("exporter_series"));
}

#[test]
fn one_that_panics_is_503_and_no_more() {
    use std::sync::atomic::{AtomicBool, Ordering};
    let well = AtomicBool::new(false);
    let render = move || {
        assert!(well.swap(true, Ordering::SeqCst), "the first time it fails");
        foreign()
    };
    let serving = Endpoint::over(render, Access::open())
        .serve(Listen::tcp(([127, 0, 0, 1], 0)))
        .unwrap();
    let address = serving.local_addr().unwrap();
    let failed = get(address, &[]);
    assert_eq!(
        (failed.status, failed.header("retry-after")),
        (503, Some("1"))
    );
    let reply = get(address, &[]);
    assert_eq!((reply.status, reply.text()), (200, foreign()));
}
