//! Peers that accept a connection and then do not answer as they should.

use std::future::{Future, pending};
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;

use fedimetrics_core::Reason;
use tokio::net::TcpStream;

use crate::clients::{Given, Library};
use crate::peer::{head, peer, says};

type Script = fn(TcpStream) -> Pin<Box<dyn Future<Output = ()> + Send>>;

const CUT_OFF: &str = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf of i";

/// What the peer does, and what that is called.
const FAULTS: &[(&str, Script, Reason)] = &[
    (
        "reset before the answer",
        |mut stream| {
            Box::pin(async move {
                head(&mut stream).await;
                stream.set_zero_linger().unwrap();
            })
        },
        Reason::Econnreset,
    ),
    (
        "reset during the body",
        |stream| {
            Box::pin(async move {
                let stream = says(stream, CUT_OFF).await;
                stream.set_zero_linger().unwrap();
            })
        },
        Reason::Econnreset,
    ),
    (
        "closed before the answer",
        |mut stream| Box::pin(async move { drop(head(&mut stream).await) }),
        Reason::Closed,
    ),
    (
        "closed within the head",
        |stream| Box::pin(async move { drop(says(stream, "HTTP/1.1 200 OK\r\nconte").await) }),
        Reason::Closed,
    ),
    (
        "closed during the body",
        |stream| Box::pin(async move { drop(says(stream, CUT_OFF).await) }),
        Reason::Closed,
    ),
    (
        "closed within a chunk",
        |stream| {
            Box::pin(async move {
                let half = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nhalf";
                drop(says(stream, half).await);
            })
        },
        Reason::Closed,
    ),
    (
        "garbage",
        |stream| Box::pin(async move { drop(says(stream, "SSH-2.0-OpenSSH_9.2p1\r\n\r\n").await) }),
        Reason::HttpParse,
    ),
    (
        "garbage in a header",
        |stream| {
            Box::pin(async move { drop(says(stream, "HTTP/1.1 200 OK\r\n\0: \0\r\n\r\n").await) })
        },
        Reason::HttpParse,
    ),
    (
        "garbage for a chunk",
        |stream| {
            Box::pin(async move {
                let garbage = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nnine\r\n";
                drop(says(stream, garbage).await);
            })
        },
        Reason::HttpParse,
    ),
    (
        "a head with too many headers",
        |stream| {
            Box::pin(async move {
                let headers = "a: b\r\n".repeat(1000);
                drop(says(stream, &format!("HTTP/1.1 200 OK\r\n{headers}\r\n")).await);
            })
        },
        Reason::TooLarge,
    ),
    (
        "a head that is too long",
        |stream| {
            Box::pin(async move {
                let long = "a".repeat(1 << 20);
                let stream = says(stream, &format!("HTTP/1.1 200 OK\r\na: {long}\r\n\r\n")).await;
                hold(stream).await;
            })
        },
        Reason::TooLarge,
    ),
];

async fn hold(stream: TcpStream) {
    pending::<()>().await;
    drop(stream);
}

fn url(peer: SocketAddr) -> String {
    format!("http://{peer}/inbox")
}

#[tokio::test]
async fn each_bad_answer_has_a_reason() {
    for (fault, script, reason) in FAULTS {
        let peer = peer(script).await;
        for library in Library::ALL {
            library
                .fails(fault, &url(peer), &Given::default(), *reason)
                .await;
        }
    }
}

#[tokio::test]
async fn a_peer_that_does_not_answer_in_time_is_a_timeout() {
    let silent: Script = |mut stream| {
        Box::pin(async move {
            head(&mut stream).await;
            hold(stream).await;
        })
    };
    let half: Script = |stream| {
        Box::pin(async move {
            let stream = says(stream, CUT_OFF).await;
            hold(stream).await;
        })
    };
    let given = Given {
        timeout: Duration::from_millis(300),
        ..Given::default()
    };
    for (fault, script) in [("hang", silent), ("hang during the body", half)] {
        let peer = peer(script).await;
        for library in Library::ALL {
            library
                .fails(fault, &url(peer), &given, Reason::Timeout)
                .await;
        }
    }
}

#[tokio::test]
async fn a_body_beyond_the_hosts_limit_is_too_large() {
    let peer = peer(|stream| async move {
        let body = "a".repeat(100_000);
        let answer = format!(
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n186a0\r\n{body}\r\n0\r\n\r\n"
        );
        hold(says(stream, &answer).await).await;
    })
    .await;
    let limited = |body_limit| Given {
        body_limit: Some(body_limit),
        ..Given::default()
    };
    for library in Library::ALL {
        library
            .fails("oversized", &url(peer), &limited(99_999), Reason::TooLarge)
            .await;
        library.get(&url(peer), &limited(100_000)).await.unwrap();
    }
}

#[tokio::test]
async fn a_redirect_that_leads_nowhere_is_a_redirect() {
    let peer = peer(|mut stream| async move {
        while let Some(asked) = head(&mut stream).await {
            let to = if asked.starts_with("GET /inbox") {
                "/inbox"
            } else {
                "gopher://a.example/"
            };
            let answer =
                format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n");
            let written = tokio::io::AsyncWriteExt::write_all(&mut stream, answer.as_bytes());
            if written.await.is_err() {
                return;
            }
        }
    })
    .await;
    for library in Library::ALL {
        let reason = Reason::Redirect;
        library
            .fails("redirect loop", &url(peer), &Given::default(), reason)
            .await;
    }
}

#[tokio::test]
async fn an_address_that_is_none_is_a_bad_url() {
    for library in Library::REQWESTS {
        for url in ["/inbox", "http://", "http://a b/", "gopher://a.example/"] {
            library
                .fails(url, url, &Given::default(), Reason::BadUrl)
                .await;
        }
    }
}
