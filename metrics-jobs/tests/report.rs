//! The failing servers as JSON beside the metrics: for those alone who may read these.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use fedimetrics_core::endpoint::{Listen, Report};
use fedimetrics_core::{Access, Exporter, Reason};
use fedimetrics_jobs::{Attempt, Job, Targets};

const TOKEN: &str = "Zm9sbG93IG1lIG9uIGZlZGl2ZXJzZQ";

static DELIVER: Job = Job::delivery("federation_out", "deliver");
static TARGETS: Targets = Targets::new();

fn get(address: SocketAddr, token: Option<&str>) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let authorization = token.map_or(String::new(), |token| {
        format!("authorization: Bearer {token}\r\n")
    });
    let request = format!(
        "GET /metrics/failing_targets.json HTTP/1.1\r\nhost: x\r\n{authorization}connection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    reply
}

#[test]
fn who_may_read_the_metrics_may_read_which_servers_fail_and_nobody_else() {
    let exporter = Exporter::builder()
        .watch(&DELIVER)
        .watch(&TARGETS)
        .build()
        .unwrap();
    let (job, targets) = (DELIVER.on(&exporter), TARGETS.on(&exporter));
    for _ in 0..2 {
        job.start(Attempt::number(1))
            .to("evil\"}.example")
            .exception(&Reason::http(503));
    }
    let serving = exporter
        .endpoint(Access::bearer_tokens([TOKEN]).unwrap())
        .with_report(Report::json("failing_targets.json", move || targets.json()))
        .serve(Listen::tcp(([127, 0, 0, 1], 0)))
        .unwrap();
    let address = serving.local_addr().unwrap();
    let stranger = get(address, None);
    assert!(stranger.starts_with("HTTP/1.1 401 "), "{stranger}");
    assert!(!stranger.contains("evil"), "{stranger}");
    let reply = get(address, Some(TOKEN));
    assert!(reply.starts_with("HTTP/1.1 200 "), "{reply}");
    assert!(reply.contains("content-type: application/json"), "{reply}");
    let (_, body) = reply.split_once("\r\n\r\n").unwrap();
    let read: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(read["failing"][0]["target"], "evil\"}.example");
    assert_eq!(read["failing"][0]["failures"], 2);
}
