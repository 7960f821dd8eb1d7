//! A listener of its own: where it is, and how it ends.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use fedimetrics_core::endpoint::Listen;
use fedimetrics_core::{Access, Exporter};
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::TokioIo;
use tokio::sync::Notify;

use crate::support::{Reply, TOKEN, connect, get, serve, until};

fn exporter() -> Exporter {
    Exporter::builder().build().unwrap()
}

#[tokio::test]
async fn it_answers_while_the_hosts_runtime_is_stuck() {
    // This runtime has one thread, and this blocks it.
    let (serving, address) = serve(&exporter(), Access::open());
    assert_eq!(get(address, &[]).status, 200);
    serving.shutdown();
}

#[tokio::test]
async fn a_connection_serves_many_requests() {
    let (_serving, address) = serve(&exporter(), Access::open());
    let stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let (mut client, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .unwrap();
    let connection = tokio::spawn(connection);
    for number in 0..5 {
        let request = http::Request::get("/metrics")
            .header("host", "test")
            .body(Empty::<bytes::Bytes>::new())
            .unwrap();
        let response = client.send_request(request).await.unwrap();
        assert_eq!(response.status(), 200);
        let text = response.into_body().collect().await.unwrap().to_bytes();
        let counted = format!("exporter_scrapes_total{{code=\"200\"}} {number}\n");
        assert!(String::from_utf8_lossy(&text).contains(&counted));
    }
    drop(client);
    connection.await.unwrap().unwrap();
}

#[test]
fn a_body_that_nobody_asked_for_does_no_harm() {
    let (_serving, address) = serve(&exporter(), Access::open());
    let mut stream = connect(address);
    write!(
        stream,
        "POST /metrics HTTP/1.1\r\nhost: test\r\ncontent-length: 1000000\r\n\r\nhalf"
    )
    .unwrap();
    let mut bytes = [0; 12];
    stream.read_exact(&mut bytes).unwrap();
    assert_eq!(&bytes, b"HTTP/1.1 405");
    assert_eq!(get(address, &[]).status, 200);
}

#[test]
fn what_is_being_answered_when_it_ends_is_finished() {
    let (asked, go) = (Arc::new(AtomicBool::new(false)), Arc::new(Notify::new()));
    let (seen, wait) = (asked.clone(), go.clone());
    let access = Access::scopes(move |_| {
        let (seen, wait) = (seen.clone(), wait.clone());
        async move {
            seen.store(true, Ordering::SeqCst);
            wait.notified().await;
            Ok::<_, String>(Some(["admin"]))
        }
    });
    let (serving, address) = serve(&exporter(), access);
    let mut idle = connect(address);
    let mut asking = connect(address);
    write!(
        asking,
        "GET /metrics HTTP/1.1\r\nhost: test\r\nauthorization: Bearer {TOKEN}\r\n\r\n"
    )
    .unwrap();
    until("the host is asked", || asked.load(Ordering::SeqCst));
    let ending = thread::spawn(move || serving.shutdown());
    until("nobody is let in any more", || {
        TcpStream::connect(address).is_err()
    });
    assert_eq!(
        idle.read(&mut [0]).unwrap(),
        0,
        "who waits for nothing is let go"
    );
    assert!(!ending.is_finished());
    go.notify_one();
    let mut bytes = Vec::new();
    asking.read_to_end(&mut bytes).unwrap();
    let reply = Reply::parse(&bytes);
    assert_eq!(
        (reply.status, reply.header("connection")),
        (200, Some("close"))
    );
    assert_eq!(
        reply.header("content-length"),
        Some(reply.body.len().to_string().as_str())
    );
    ending.join().unwrap();
}

#[test]
fn it_ends_when_its_handle_is_dropped() {
    let (serving, address) = serve(&exporter(), Access::open());
    assert_eq!(get(address, &[]).status, 200);
    drop(serving);
    until("nobody listens", || TcpStream::connect(address).is_err());
}

#[test]
fn two_cannot_listen_in_the_same_place() {
    let (_serving, address) = serve(&exporter(), Access::open());
    let error = exporter()
        .serve(Listen::tcp(address), Access::open())
        .unwrap_err();
    assert!(error.is_listen());
    let says = error.to_string();
    assert!(
        says.contains(&address.to_string()) && says.contains("another address"),
        "{says}"
    );
    assert!(std::error::Error::source(&error).is_some());
}
