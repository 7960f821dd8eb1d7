//! Peer: a server on loopback that does one thing to whoever connects.

use std::future::Future;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Starts a peer that runs this on each connection.
pub(crate) async fn peer<S, F>(script: S) -> SocketAddr
where
    S: Fn(TcpStream) -> F + Send + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(script(stream));
        }
    });
    address
}

/// Reads until a request's head has ended; what it is, or nothing where the client has gone.
pub(crate) async fn head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    Some(String::from_utf8(head).unwrap())
}

/// Reads a request's head and writes this. A client that has gone does not mind.
pub(crate) async fn says(mut stream: TcpStream, answer: &str) -> TcpStream {
    if head(&mut stream).await.is_some() {
        let _ = stream.write_all(answer.as_bytes()).await;
        let _ = stream.flush().await;
    }
    stream
}

/// Takes the other side's first bytes, whatever they are, so that closing is an end and not a reset.
pub(crate) async fn hears(stream: &mut TcpStream) {
    let mut bytes = [0; 16_384];
    let _ = stream.read(&mut bytes).await;
}
