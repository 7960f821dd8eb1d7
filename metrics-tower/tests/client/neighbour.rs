//! A neighbour: a server on loopback that behaves in one way, or a place where there is none.

use axum::Router;
use axum_0_8 as axum;
use http::StatusCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Answers with this status, whatever it is asked.
    Status(u16),
    /// Takes the request, and never answers.
    Hang,
    /// Takes the request, and resets the connection.
    Reset,
    /// Takes the request, and closes the connection.
    Closed,
    /// Answers what is not HTTP.
    Garbage,
    /// Has nothing that listens.
    Refused,
    /// Has a name that does not exist.
    Nowhere,
}

/// Where a neighbour of that manner is to be found, for as long as the test's runtime lives.
pub(crate) async fn neighbour(manner: Manner) -> String {
    if manner == Manner::Nowhere {
        return "http://nowhere.invalid/inbox".to_owned();
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/inbox", listener.local_addr().unwrap());
    match manner {
        Manner::Status(code) => {
            let status = StatusCode::from_u16(code).unwrap();
            let app = Router::new().fallback(async move || status);
            tokio::spawn(async move { axum::serve(listener, app).await });
        }
        Manner::Refused | Manner::Nowhere => drop(listener),
        rude => {
            tokio::spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(answer(stream, rude));
                }
            });
        }
    }
    url
}

async fn answer(mut stream: TcpStream, manner: Manner) -> std::io::Result<()> {
    let mut request = vec![0; 64 * 1024];
    if stream.read(&mut request).await? == 0 {
        return Ok(());
    }
    match manner {
        Manner::Garbage => stream.write_all(b"SSH-2.0-OpenSSH_9.9\r\n").await,
        // Nobody waits longer than the other side does.
        Manner::Hang => stream.read(&mut request).await.map(|_| ()),
        Manner::Reset => stream.set_zero_linger(),
        _ => stream.shutdown().await,
    }
}
