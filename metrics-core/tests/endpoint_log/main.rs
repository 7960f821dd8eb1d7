//! What the endpoint says in the log: what to do, seldom, and never a token.
//!
//! A binary of its own, since what was said stays said for a minute in the whole process.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fedimetrics_core::{Access, Exporter};
use http::{Request, StatusCode};
use tower_service::Service;
use tracing_subscriber::fmt::MakeWriter;

const TOKEN: &str = "c2NyYXBlIG1lIGdlbnRseQ";

/// A log that can be read.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

impl Log {
    /// What was said while these requests were answered with this status, each after the other.
    fn of(access: &Access, requests: usize, status: StatusCode) -> String {
        let log = Self::default();
        let subscriber = tracing_subscriber::fmt()
            .with_writer(log.clone())
            .with_ansi(false)
            .finish();
        let mut endpoint = Exporter::builder()
            .build()
            .unwrap()
            .endpoint(access.clone());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        tracing::subscriber::with_default(subscriber, || {
            for _ in 0..requests {
                let request = Request::builder().header("authorization", format!("Bearer {TOKEN}"));
                let Ok(response) = runtime.block_on(endpoint.call(request.body(()).unwrap()));
                assert_eq!(response.status(), status);
            }
        });
        let bytes = log.0.lock().unwrap().clone();
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.contains(TOKEN), "{text}");
        text
    }
}

#[test]
fn a_closed_endpoint_says_once_how_to_open_it() {
    let said = Log::of(&Access::closed(), 100, StatusCode::FORBIDDEN);
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(
        said.contains("Access::bearer_token_file(\"metrics.token\")"),
        "{said}"
    );
}

#[test]
fn an_unknown_address_says_once_how_to_make_it_known() {
    let access = Access::open().with_addresses(["127.0.0.1"]).unwrap();
    let said = Log::of(&access, 100, StatusCode::FORBIDDEN);
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("Access::with_peer"), "{said}");
}

#[test]
fn a_host_that_cannot_be_asked_is_told_why_once() {
    let access = Access::scopes(async |_| Err::<Option<[&str; 0]>, _>("the database is down"));
    let said = Log::of(&access, 100, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("the database is down"), "{said}");
}

#[test]
fn a_file_that_went_away_is_missed_once_and_its_return_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("metrics.token");
    fs::write(&file, TOKEN).unwrap();
    let (clock, mock) = quanta::Clock::mock();
    quanta::with_clock(&clock, || {
        let access = Access::bearer_token_file(&file).unwrap();
        fs::remove_file(&file).unwrap();
        let mut said = String::new();
        for _ in 0..100 {
            mock.increment(Duration::from_secs(1));
            said += &Log::of(&access, 1, StatusCode::OK);
        }
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(
            said.contains("stay as they were") && said.contains("metrics.token"),
            "{said}"
        );
        fs::write(&file, TOKEN).unwrap();
        mock.increment(Duration::from_secs(1));
        let said = Log::of(&access, 1, StatusCode::OK);
        assert!(said.contains("read again"), "{said}");
    });
}
