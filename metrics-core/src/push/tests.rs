//! A push gets through, is tried again, or is given up, and says which.

use std::error::Error as _;
use std::io::Read;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use flate2::read::GzDecoder;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::*;
use crate::exporter::Exporter;
use crate::testing::Scrape;

const SOON: Duration = Duration::from_secs(10);

/// A server that gives these answers, the last one again and again, and keeps what it was sent.
struct Server {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Vec<u8>>>>,
    task: JoinHandle<()>,
}

impl Server {
    async fn answering(answers: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::<Mutex<Vec<_>>>::default();
        let kept = requests.clone();
        let task = tokio::spawn(async move {
            let mut answers = answers.iter().copied();
            let mut answer = answers.next().unwrap();
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let request = request(&mut stream).await;
                kept.lock().unwrap().push(request);
                stream.write_all(answer.as_bytes()).await.unwrap();
                answer = answers.next().unwrap_or(answer);
            }
        });
        Self {
            address,
            requests,
            task,
        }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn requests(&self) -> Vec<Vec<u8>> {
        self.requests.lock().unwrap().clone()
    }

    async fn until(&self, requests: usize) {
        let asked = async {
            while self.requests().len() < requests {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(SOON, asked).await.unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn request(stream: &mut TcpStream) -> Vec<u8> {
    let mut request = Vec::new();
    loop {
        let mut piece = [0; 4096];
        let read = stream.read(&mut piece).await.unwrap();
        request.extend_from_slice(&piece[..read]);
        let (head, body) = parts(&request);
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.parse().unwrap());
        if !head.is_empty() && body.len() >= length {
            return request;
        }
        assert!(read > 0, "half a request");
    }
}

/// The head, and the body behind it; nothing before the head is whole.
fn parts(request: &[u8]) -> (String, &[u8]) {
    match request.windows(4).position(|four| four == b"\r\n\r\n") {
        Some(end) => (
            String::from_utf8(request[..end].to_vec()).unwrap(),
            &request[end + 4..],
        ),
        None => (String::new(), b""),
    }
}

fn exporter() -> Exporter {
    let exporter = Exporter::builder().build().unwrap();
    metrics::with_local_recorder(&exporter.recorder(), || {
        metrics::counter!("demo_pruned_total").increment(120);
    });
    exporter
}

fn pushes(exporter: &Exporter, outcome: &str) -> Option<f64> {
    Scrape::of(exporter).value("exporter_pushes_total", &[("outcome", outcome)])
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
const NO_CONTENT: &str = "HTTP/1.1 204 No Content\r\n\r\n";
const BUSY: &str = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 6\r\n\r\nlater\n";
const BAD: &str = "HTTP/1.1 400 Bad Request\r\ntransfer-encoding: chunked\r\n\r\n8\r\nno such \r\n4\r\nkind\r\n0\r\n\r\n";

#[tokio::test]
async fn a_push_to_a_gateway_replaces_its_group() {
    let server = Server::answering(&[OK]).await;
    let exporter = exporter();
    let destination = Destination::pushgateway(server.url() + "/prefix/", "nightly")
        .with_label("instance", "db1/main")
        .with_basic_auth("user", "pass");
    let pusher = exporter.pusher(destination).unwrap();
    pusher.push().await.unwrap();
    pusher.delete().await.unwrap();
    let requests = server.requests();
    let (head, body) = parts(&requests[0]);
    assert!(
        head.starts_with("PUT /prefix/metrics/job/nightly/instance@base64/ZGIxL21haW4= HTTP/1.1"),
        "{head}"
    );
    assert!(
        head.contains("content-type: text/plain; version=0.0.4"),
        "{head}"
    );
    assert!(head.contains("authorization: Basic dXNlcjpwYXNz"), "{head}");
    let scrape = Scrape::parse(std::str::from_utf8(body).unwrap());
    assert_eq!(scrape.value("demo_pruned_total", &[]), Some(120.0));
    let (head, _) = parts(&requests[1]);
    assert!(
        head.starts_with("DELETE /prefix/metrics/job/nightly/instance@base64/ZGIxL21haW4= "),
        "{head}"
    );
    assert_eq!(pushes(&exporter, "ok"), Some(1.0));
}

#[tokio::test]
async fn a_push_to_victoria_metrics_carries_its_labels_and_can_be_compressed() {
    let server = Server::answering(&[NO_CONTENT]).await;
    let destination = Destination::victoria_metrics(server.url(), "nightly")
        .with_bearer_token("c2VjcmV0")
        .with_gzip();
    let pusher = exporter().pusher(destination).unwrap();
    pusher.push().await.unwrap();
    assert!(pusher.delete().await.unwrap_err().is_push_refused());
    let requests = server.requests();
    let (head, body) = parts(&requests[0]);
    assert!(
        head.starts_with("POST /api/v1/import/prometheus?extra_label=job%3Dnightly HTTP/1.1"),
        "{head}"
    );
    assert!(head.contains("authorization: Bearer c2VjcmV0"), "{head}");
    assert!(head.contains("content-encoding: gzip"), "{head}");
    let mut text = String::new();
    GzDecoder::new(body).read_to_string(&mut text).unwrap();
    assert!(text.contains("\ndemo_pruned_total 120\n"));
}

#[tokio::test]
async fn a_refused_push_says_why_and_ends_the_run() {
    let server = Server::answering(&[BAD]).await;
    let exporter = exporter();
    let pusher = exporter
        .pusher(Destination::pushgateway(server.url(), "nightly"))
        .unwrap();
    let error = timeout(SOON, pusher.run(SOON)).await.unwrap().unwrap_err();
    assert!(error.is_push() && error.is_push_refused());
    assert_eq!(
        error.to_string(),
        format!(
            "{} refused a push: 400 Bad Request, and said “no such kind”",
            server.url()
        )
    );
    assert_eq!(server.requests().len(), 1);
    assert_eq!(pushes(&exporter, "refused"), Some(1.0));
}

#[tokio::test]
async fn a_failing_server_is_asked_again() {
    let server = Server::answering(&[BUSY, OK]).await;
    let exporter = exporter();
    let pusher = exporter
        .pusher(Destination::victoria_metrics(server.url(), "nightly"))
        .unwrap();
    let error = pusher.push().await.unwrap_err();
    assert!(!error.is_push_refused());
    assert!(
        error
            .to_string()
            .ends_with("503 Service Unavailable, and said “later”"),
        "{error}"
    );
    let running = tokio::spawn(pusher.clone().run(Duration::from_millis(20)));
    server.until(4).await;
    metrics::with_local_recorder(&exporter.recorder(), || {
        metrics::counter!("demo_pruned_total").increment(1);
    });
    pusher.finish(SOON).await.unwrap();
    let after = server.requests();
    let (_, last) = parts(after.last().unwrap());
    assert!(String::from_utf8_lossy(last).contains("\ndemo_pruned_total 121\n"));
    timeout(SOON, running).await.unwrap().unwrap().unwrap();
    assert_eq!(
        server.requests().len(),
        after.len(),
        "nothing behind the last"
    );
    assert_eq!(pushes(&exporter, "failed"), Some(1.0));
}

#[tokio::test]
async fn the_last_push_is_tried_again_until_its_time_is_over() {
    let server = Server::answering(&[BUSY, OK]).await;
    let exporter = exporter();
    let pusher = |url: String| {
        let destination = Destination::pushgateway(url, "nightly");
        exporter.pusher(destination).unwrap()
    };
    pusher(server.url()).finish(SOON).await.unwrap();
    assert_eq!(server.requests().len(), 2);

    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let unheard = pusher(nobody.clone());
    let finished = unheard.finish(Duration::from_millis(50));
    let error = timeout(SOON, finished).await.unwrap().unwrap_err();
    assert_eq!(error.to_string(), format!("{nobody} cannot be reached"));
    assert!(error.source().is_some() && !error.is_push_refused());
}

#[tokio::test]
async fn whoever_does_not_answer_is_not_waited_for() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let destination =
        Destination::pushgateway(url, "nightly").with_timeout(Duration::from_millis(50));
    let pusher = exporter().pusher(destination).unwrap();
    let error = timeout(SOON, pusher.push()).await.unwrap().unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("did not answer a push within 50ms"),
        "{error}"
    );
    assert!(!error.is_push_refused());
}

#[test]
fn what_cannot_be_pushed_to_says_what_to_write() {
    let error = |destination| {
        let error = exporter().pusher(destination).unwrap_err();
        assert!(error.is_push_refused());
        error.to_string()
    };
    let to = |address: &str| error(Destination::pushgateway(address, "nightly"));
    assert!(to("https://push.example").contains("vmagent"));
    assert!(to("127.0.0.1:9091").contains("http://127.0.0.1:9091"));
    assert!(to("http://h/?a=b").contains('?'));
    let credentials = to("http://user:secret@h");
    assert!(credentials.contains("with_basic_auth") && !credentials.contains("secret"));
    let with = |key: &str| error(Destination::pushgateway("http://h", "j").with_label(key, ""));
    assert!(with("job").contains("`job`"));
    assert!(with("a-b").contains("`a-b`"));
    assert!(
        error(Destination::pushgateway("http://h", "j").with_bearer_token("\n")).contains("ASCII")
    );
    let shown = format!(
        "{:?}",
        Destination::pushgateway("http://h", "j").with_bearer_token("c2VjcmV0")
    );
    assert!(!shown.contains("c2VjcmV0"), "{shown}");
}
