//! An agent scrapes what is on its host, and VictoriaMetrics gets the numbers.

use fedimetrics_contract::{Agent, VictoriaMetrics};

use crate::process::Host;

#[test]
fn an_agent_writes_what_it_scrapes_to_victoria_metrics() {
    let host = Host::new();
    let web = host.starts("web", "web", 7);
    let victoria = VictoriaMetrics::start();
    let config = host.config(
        "yaml agent",
        &[("victoria.internal:8428", &victoria.address())],
    );
    let _agent = Agent::configured(&config);
    let posts = r#"demo_posts_total{instance="web",host="web1",job="fediverse",role="web"}"#;
    let _ = victoria.until(&format!("{posts} == 7"));
    let _ = victoria.until(r#"up{instance="web"} == 1"#);
    // What happens later arrives as well.
    metrics::with_local_recorder(&web.exporter.recorder(), || {
        metrics::counter!("demo_posts_total").increment(1);
    });
    let _ = victoria.until(&format!("{posts} == 8"));
}
