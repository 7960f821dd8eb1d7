//! The exporter, its endpoint and its HTTP layer, as a real Prometheus sees them.

use fedimetrics_contract::{Exposition, Prometheus, lints};

use crate::host::Host;

#[test]
fn prometheus_reads_the_numbers_that_were_recorded() {
    let host = Host::start();
    let prometheus = Prometheus::scraping(&host.target());
    (0..3).for_each(|_| host.visit());
    let ok = r#"http_server_outcomes_total{outcome="ok"}"#;
    prometheus.until(&format!("sum({ok}) == 3"));
    // Born at 0, so that the very first ones are an increase.
    prometheus.until(&format!("sum(increase({ok}[1m])) > 0"));
    let active = prometheus.instant("sum(http_server_active_requests)");
    assert_eq!(active[0].values, [0.0], "a scrape is not traffic");
    let over_time = prometheus.range("process_start_time_seconds", 1, 1);
    assert!(!over_time.is_empty());
}

#[test]
fn whatever_is_declared_is_there_at_0_before_anything_happens() {
    let host = Host::start();
    let born = Exposition::parse(&host.exporter.render());
    assert_eq!(born.unborn(), Vec::<&str>::new());
    assert_eq!(born.moved(), Vec::<String>::new());
}

#[test]
fn promtool_has_nothing_to_say() {
    let host = Host::start();
    host.visit();
    let text = host.exporter.render();
    assert_eq!(lints(&text), Vec::<String>::new());
    assert_eq!(
        Exposition::parse(&text).undocumented(|_| false),
        Vec::<String>::new()
    );
}
