//! Failed: what reqwest says of requests that failed, each of them once for real.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;

use reqwest::{Client, Error};

/// One error of reqwest's for each of these: a port where nobody listens, a connection that ended without an answer, and
/// a status.
///
/// # Errors
///
/// If there are no sockets to be had.
///
/// # Panics
///
/// If a request goes well.
pub fn errors() -> anyhow::Result<[(&'static str, Arc<Error>); 3]> {
    // Where it is built with TLS, it asks for a provider, and more than one is compiled in.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let client = Client::builder().no_proxy().build()?;
    let failed = |peer: SocketAddr| {
        runtime.block_on(async {
            let answer = client.get(format!("http://{peer}/")).send().await;
            match answer.and_then(reqwest::Response::error_for_status) {
                Ok(_) => unreachable!("all is well"),
                Err(error) => Arc::new(error),
            }
        })
    };
    let nobody = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    Ok([
        ("refused", failed(nobody)),
        ("closed", failed(answering(b"")?)),
        ("status", failed(answering(b"HTTP/1.1 410 Gone\r\n\r\n")?)),
    ])
}

/// A peer that reads a request and answers it with this, once.
fn answering(answer: &'static [u8]) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        let (mut stream, _) = listener.accept()?;
        io::Read::read(&mut stream, &mut [0; 4096])?;
        stream.write_all(answer)
    });
    Ok(address)
}
