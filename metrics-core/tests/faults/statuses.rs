//! Every status from 200 to 599, over a socket.

use fedimetrics_core::{Blame, Failure, Reason};
use http::StatusCode;
use tokio::io::AsyncWriteExt;

use crate::clients::{Given, Library};
use crate::peer::{head, peer};

/// What a status must be called: its own name where a registry knows it, or else that of its class. The registry is
/// another crate's copy.
fn word(status: u16) -> Option<String> {
    let registered = StatusCode::from_u16(status)
        .unwrap()
        .canonical_reason()
        .is_some();
    match status {
        200..=299 => None,
        300..=399 => Some("redirect".into()),
        499 | 520..=530 => Some(format!("http_{status}")),
        _ if registered => Some(format!("http_{status}")),
        _ => Some(format!("http_{}xx", status / 100)),
    }
}

#[tokio::test]
async fn every_status_has_its_word_or_that_of_its_class() {
    let peer = peer(|mut stream| async move {
        while let Some(asked) = head(&mut stream).await {
            let status = asked.split(['/', ' ']).nth(2).unwrap();
            // No body, so that the client takes the connection for the next one. A redirect that names no place is none
            // to follow.
            let answer = format!("HTTP/1.1 {status} Some Text\r\ncontent-length: 0\r\n\r\n");
            if stream.write_all(answer.as_bytes()).await.is_err() {
                return;
            }
        }
    })
    .await;
    for library in Library::ALL {
        for status in 200..=599 {
            let asked = library
                .get(&format!("http://{peer}/{status}"), &Given::default())
                .await;
            let expected = word(status);
            if library != Library::Hyper && status < 400 {
                // It takes a redirect to nowhere for an answer.
                assert!(asked.is_ok(), "{library:?} {status}: {asked:?}");
                continue;
            }
            let found = asked.err().map(|error| error.reason());
            let found = found.map(|reason| reason.as_str().to_owned());
            assert_eq!(found, expected, "{library:?} {status}");
        }
    }
}

#[test]
fn who_is_to_blame_follows_from_the_status() {
    for status in 400..=599 {
        let blame = match status {
            400 | 401 | 403 => Blame::Unclear,
            404 | 410 | 520..=530 => Blame::Gone,
            _ => Blame::Them,
        };
        assert_eq!(Reason::http(status).blame(), blame, "{status}");
    }
}
