//! A client that sees every byte, and collectors that do as they are told.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fedimetrics_core::endpoint::{Listen, Serving};
use fedimetrics_core::{Access, Collector, Exporter, Metric, Samples};
use flate2::read::GzDecoder;

pub(crate) const TOKEN: &str = "c2NyYXBlIG1lIGdlbnRseQ";

/// Longer than anything here takes, so that a test fails and does not hang.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) static SEEN: Metric =
    Metric::gauge("demo_seen", "How often the collector was read.").at_scrape();

/// One response, whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// Names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let end = bytes
            .windows(4)
            .position(|window| window == b"\r\n\r\n")
            .unwrap_or_else(|| panic!("half a head: {:?}", String::from_utf8_lossy(bytes)));
        let head = std::str::from_utf8(&bytes[..end]).unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap();
        let headers = lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        Self {
            status: status.parse().unwrap(),
            headers,
            body: bytes[end + 4..].to_vec(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    pub(crate) fn text(&self) -> String {
        if self.header("content-encoding") == Some("gzip") {
            let mut text = String::new();
            GzDecoder::new(&*self.body)
                .read_to_string(&mut text)
                .unwrap();
            return text;
        }
        String::from_utf8(self.body.clone()).unwrap()
    }
}

/// Connects, and never waits for ever.
pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// One request on a connection of its own, read to the end.
pub(crate) fn ask(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> Reply {
    send(connect(address), method, path, headers)
}

pub(crate) fn send(
    mut stream: impl Read + Write,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> Reply {
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    Reply::parse(&bytes)
}

pub(crate) fn get(address: SocketAddr, headers: &[(&str, &str)]) -> Reply {
    ask(address, "GET", "/metrics", headers)
}

pub(crate) fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

/// An exporter on a free port.
pub(crate) fn serve(exporter: &Exporter, access: Access) -> (Serving, SocketAddr) {
    serve_on(exporter, access, |listen| listen)
}

pub(crate) fn serve_on(
    exporter: &Exporter,
    access: Access,
    limits: impl FnOnce(Listen) -> Listen,
) -> (Serving, SocketAddr) {
    let listen = limits(Listen::tcp(([127, 0, 0, 1], 0)));
    let serving = exporter.serve(listen, access).unwrap();
    let address = serving.local_addr().unwrap();
    (serving, address)
}

/// Waits for something that will become true.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "never: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// A collector that counts how often it is read, and does something else each time.
#[derive(Clone)]
pub(crate) struct Probe {
    name: &'static str,
    reads: Arc<AtomicUsize>,
    each: Arc<dyn Fn() + Send + Sync>,
}

impl Probe {
    pub(crate) fn new(name: &'static str, each: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            name,
            reads: Arc::default(),
            each: Arc::new(each),
        }
    }

    pub(crate) fn reads(&self) -> usize {
        self.reads.load(Ordering::SeqCst)
    }
}

impl Collector for Probe {
    fn name(&self) -> &'static str {
        self.name
    }

    fn collect(&self, samples: &mut Samples) {
        let reads = self.reads.fetch_add(1, Ordering::SeqCst) + 1;
        (self.each)();
        samples.add(&SEEN, &[], reads as f64);
    }
}
