//! Processes of one host are found, told apart, and forgotten when they end.

use fedimetrics_contract::Prometheus;

use crate::process::Host;

#[test]
fn processes_come_and_go_and_keep_their_series() {
    let host = Host::new();
    let web = host.starts("web", "web", 1);
    let mut worker = host.starts("worker-0", "worker", 20);
    let prometheus = Prometheus::configured(&host.config("yaml file-sd", &[]));
    prometheus.until("count(up == 1) == 2");
    prometheus.until(r#"demo_posts_total{instance="web",role="web",job="fediverse"} == 1"#);
    prometheus.until(r#"demo_posts_total{instance="worker-0",role="worker"} == 20"#);
    prometheus.until("sum without (instance, role) (demo_posts_total) == 21");

    // An orderly end: the target is gone, and not down.
    drop(web);
    prometheus.until(r#"absent(up{instance="web"}) and on () up{instance="worker-0"} == 1"#);

    // Killed: the file stays, and says the truth.
    std::mem::forget(worker.published.take());
    drop(worker);
    prometheus.until(r#"up{instance="worker-0"} == 0"#);

    // Started anew, on another port: the same series.
    let _worker = host.starts("worker-0", "worker", 300);
    prometheus.until(r#"demo_posts_total{instance="worker-0"} == 300"#);
    let series =
        prometheus.instant(r#"count(count_over_time(demo_posts_total{instance="worker-0"}[10m]))"#);
    assert_eq!(series[0].values, [1.0]);
}
