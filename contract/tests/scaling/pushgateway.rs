//! Pushes to a real Pushgateway, and what a real Prometheus reads from it.

use std::time::Duration;

use fedimetrics_contract::{Prometheus, Pushgateway, snippet};
use fedimetrics_core::Exporter;
use fedimetrics_core::push::Destination;

use crate::process::{in_a_hurry, posted};

const LABELS: [(&str, &str); 2] = [("job", "nightly"), ("instance", "db1/main \"ü\"")];

fn destination(gateway: &Pushgateway) -> Destination {
    Destination::pushgateway(format!("http://{}", gateway.address()), LABELS[0].1)
        .with_label(LABELS[1].0, LABELS[1].1)
}

#[tokio::test]
async fn a_push_is_shown_replaced_and_deleted() {
    let gateway = Pushgateway::start();
    let posts = || gateway.shows().scrape.value("demo_posts_total", &LABELS);
    let pusher = posted(3).pusher(destination(&gateway)).unwrap();
    pusher.push().await.unwrap();
    assert_eq!(posts(), Some(3.0));
    let failed = gateway
        .shows()
        .scrape
        .value("push_failure_time_seconds", &LABELS);
    assert_eq!(failed, Some(0.0));

    let again = posted(5).pusher(destination(&gateway).with_gzip()).unwrap();
    again.finish(Duration::from_secs(20)).await.unwrap();
    assert_eq!(posts(), Some(5.0));

    again.delete().await.unwrap();
    assert_eq!(posts(), None);
}

#[tokio::test]
async fn what_contradicts_another_push_is_refused_and_says_why() {
    let gateway = Pushgateway::start();
    posted(3)
        .pusher(destination(&gateway))
        .unwrap()
        .push()
        .await
        .unwrap();
    let exporter = Exporter::builder().build().unwrap();
    metrics::with_local_recorder(&exporter.recorder(), || {
        metrics::gauge!("demo_posts_total").set(1.0);
    });
    let other = destination(&gateway).with_label("host", "b");
    let error = exporter.pusher(other).unwrap().push().await.unwrap_err();
    assert!(error.is_push_refused());
    let said = error.to_string();
    assert!(
        said.contains("refused a push: 400 Bad Request, and said “")
            && said.contains("demo_posts_total"),
        "{said}"
    );
}

#[tokio::test]
async fn prometheus_reads_the_result_under_the_jobs_own_name() {
    let gateway = Pushgateway::start();
    let pusher = posted(3).pusher(destination(&gateway)).unwrap();
    pusher.finish(Duration::from_secs(20)).await.unwrap();
    let config = snippet(
        "scaling",
        "yaml pushgateway",
        &[("127.0.0.1:9091", &gateway.address())],
    );
    let prometheus = Prometheus::configured(&in_a_hurry(&config));
    prometheus.until(r#"demo_posts_total{job="nightly"} == 3"#);
    let stale = |than: &str| snippet("scaling", "promql stale-job", &[("26 * 3600", than)]);
    assert!(prometheus.instant(&stale("3600")).is_empty());
    assert_eq!(prometheus.instant(&stale("-1")).len(), 1);
}
