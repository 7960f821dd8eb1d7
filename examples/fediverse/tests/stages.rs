//! Where the time of requests and jobs goes, in a server that works.
#![allow(clippy::unwrap_used, reason = "tests may unwrap")]

use std::process::Command;
use std::time::{Duration, Instant};

use fedimetrics_core::testing::Scrape;
use fediverse::{Options, Running};
use reqwest::Client;
use serde_json::json;

async fn start() -> Running {
    let options = Options {
        listen: ([127, 0, 0, 1], 0).into(),
        visitors: false,
        ..Options::default()
    };
    fediverse::start(options).await.unwrap()
}

/// Scrapes again until this holds.
async fn eventually(running: &Running, what: &str, holds: impl Fn(&Scrape) -> bool) {
    let since = Instant::now();
    while !holds(&Scrape::of(&running.telemetry.exporter)) {
        assert!(since.elapsed() < Duration::from_secs(60), "{what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn where_the_time_goes_shows_by_route_and_by_worker() {
    let running = start().await;
    let client = Client::builder().no_proxy().tls_certs_only([]);
    let client = client.build().unwrap();
    let base = format!("http://{}", running.address);
    let post = client.post(format!("{base}/api/v1/statuses"));
    let posted = post.json(&json!({ "status": "hello" })).send().await;
    posted.unwrap().error_for_status().unwrap();
    let front = client.get(&base).send().await.unwrap();
    assert!(front.text().await.unwrap().contains("hello"));

    let stages = [
        ("http_route", "/api/v1/statuses", "db_wait"),
        ("http_route", "/api/v1/statuses", "db_query"),
        ("http_route", "/", "db_query"),
        ("http_route", "/", "render"),
        ("worker", "deliver", "signature"),
        ("worker", "deliver", "fetch"),
    ];
    for (key, value, stage) in stages {
        let what = format!("{stage} of {value}");
        eventually(&running, &what, |scrape| {
            scrape.value("stage_calls_total", &[(key, value), ("stage", stage)]) >= Some(1.0)
        })
        .await;
    }
    let users = running.app.users.len() as f64;
    eventually(&running, "how large it is", |scrape| {
        scrape.value("fediverse_local_users", &[]) == Some(users)
            && scrape.value("fediverse_local_posts", &[]) == Some(1.0)
            && scrape.value("fediverse_known_servers", &[]) >= Some(1.0)
    })
    .await;

    let scrape = Scrape::of(&running.telemetry.exporter);
    let main = [("db_client_connection_pool_name", "main")];
    let pool = |name: &str| scrape.value(&format!("db_client_connection_{name}"), &main);
    assert_eq!(pool("max"), Some(6.0));
    assert_eq!(pool("timeouts_total"), Some(0.0));
    assert!(pool("wait_time_seconds_count") >= Some(3.0));

    let asked = Command::new("git")
        .args(["rev-parse", "--short", "HEAD"])
        .output();
    let revision = asked.map(|output| String::from_utf8(output.stdout).unwrap());
    let revision = revision.unwrap_or_default();
    let this = [("name", "fediverse"), ("revision", revision.trim())];
    assert_eq!(scrape.value("service_build_info", &this), Some(1.0));
    running.shutdown().await;
}
