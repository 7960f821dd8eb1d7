//! Pushes to a real VictoriaMetrics.

use std::time::Duration;

use fedimetrics_contract::VictoriaMetrics;
use fedimetrics_core::push::Destination;

use crate::process::posted;

#[tokio::test]
async fn every_push_is_kept_under_the_labels_it_came_with() {
    let victoria = VictoriaMetrics::start();
    let url = format!("http://{}/", victoria.address());
    let destination = |instance: &str| {
        Destination::victoria_metrics(&url, "nightly").with_label("instance", instance)
    };
    let plain = posted(3).pusher(destination("db1/main ü=&")).unwrap();
    let zipped = posted(4).pusher(destination("db2").with_gzip()).unwrap();
    plain.push().await.unwrap();
    zipped.finish(Duration::from_secs(20)).await.unwrap();
    let read = |instance: &str| {
        let labels = format!(r#"{{job="nightly",instance="{instance}"}}"#);
        let points = victoria.until(&format!("last_over_time(demo_posts_total{labels}[1d])"));
        points[0].values.clone()
    };
    assert_eq!(read("db1/main ü=&"), [3.0]);
    assert_eq!(read("db2"), [4.0]);
    let buckets = victoria
        .until(r#"exporter_series{job="nightly",instance="db2",metric="demo_posts_total"}"#);
    assert_eq!(buckets[0].values, [1.0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_job_is_followed_to_its_end() {
    let victoria = VictoriaMetrics::start();
    let exporter = posted(1);
    let destination =
        Destination::victoria_metrics(format!("http://{}", victoria.address()), "import");
    let pusher = exporter.pusher(destination).unwrap();
    let running = tokio::spawn(pusher.clone().run(Duration::from_millis(200)));
    let seen = tokio::task::block_in_place(|| victoria.until(r#"demo_posts_total{job="import"}"#));
    assert_eq!(seen[0].values, [1.0]);
    metrics::with_local_recorder(&exporter.recorder(), || {
        metrics::counter!("demo_posts_total").increment(99);
    });
    pusher.finish(Duration::from_secs(20)).await.unwrap();
    running.await.unwrap().unwrap();
    let _ = victoria.until(r#"demo_posts_total{job="import"} == 100"#);
}
