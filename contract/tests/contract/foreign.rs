//! Another registry's text in our scrape, as a real Prometheus sees it: it asks for OpenMetrics, and takes all or nothing.

use std::fs;

use fedimetrics_contract::{Prometheus, Target};
use fedimetrics_core::endpoint::Listen;
use fedimetrics_core::{Access, Collector, Exporter, Samples};

struct Broken;

impl Collector for Broken {
    fn name(&self) -> &'static str {
        "broken"
    }

    fn collect(&self, samples: &mut Samples) {
        samples.append_text(
            "# TYPE foreign_posts_total counter\n\
             foreign_posts_total{by=\"a\\\"b\"} 3\n\
             foreign_posts_total{by=\"a\\\"b\"} 4\n\
             foreign_posts_total{by=\"unterminated} 5\n\
             foreign_posts_total{by=\"late\"} 6 # {trace=\"1\"} 1\n\
             # TYPE foreign_wait_seconds histogram\n\
             foreign_wait_seconds_bucket{le=\"0.50\"} 1\n\
             foreign_wait_seconds_bucket{le=\"+Inf\"} 2\n\
             foreign_wait_seconds_sum 1.5\n\
             foreign_wait_seconds_count 2\n\
             # TYPE exporter_series counter\n\
             exporter_series 1\n\
             foreign_loose{} 8 1700000000000\n\
             # EOF\n\
             foreign_behind_the_end 9\n",
        );
    }
}

#[test]
fn a_broken_foreign_text_does_not_break_a_scrape() {
    let token = tempfile::NamedTempFile::new().unwrap();
    fs::write(&token, "Zm9sbG93IG1lIG9uIGZlZGl2ZXJzZQ").unwrap();
    let exporter = Exporter::builder().collect(Broken).build().unwrap();
    let access = Access::bearer_token_file(token.path()).unwrap();
    let serving = exporter
        .serve(Listen::tcp(([127, 0, 0, 1], 0)), access)
        .unwrap();
    let prometheus = Prometheus::scraping(&Target {
        address: serving.local_addr().unwrap(),
        path: "/metrics".to_owned(),
        token: token.path().to_owned(),
    });
    prometheus.until(r#"foreign_posts_total{by="a\"b"} == 3"#);
    prometheus.until(r#"foreign_wait_seconds_bucket{le="0.5"} == 1"#);
    prometheus.until("foreign_loose == 8");
    prometheus.until("foreign_behind_the_end == 9");
    prometheus.until(r#"exporter_foreign_left_out_total{why="malformed"} >= 2"#);
    prometheus.until(r#"exporter_foreign_left_out_total{why="taken"} >= 1"#);
}
