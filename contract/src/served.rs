//! Served: a text behind a port, for a scraper to read.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::{fs, io};

use tempfile::TempDir;

use crate::prometheus::Target;

/// A text that is answered to whoever asks, for as long as the process lives.
#[derive(Debug)]
pub struct Served {
    address: SocketAddr,
    folder: TempDir,
}

impl Served {
    /// Serves this text under this content type.
    ///
    /// # Panics
    ///
    /// If there is no port or no folder to be had.
    #[must_use]
    pub fn text(text: String, content_type: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it has an address");
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("token"), "none").expect("it can be written");
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // Whoever hangs up asks again.
                let _ = answer(stream, &text, content_type);
            }
        });
        Self { address, folder }
    }

    /// What a Prometheus has to know.
    #[must_use]
    pub fn target(&self) -> Target {
        Target {
            address: self.address,
            path: "/metrics".to_owned(),
            token: self.folder.path().join("token"),
        }
    }
}

fn answer(mut stream: TcpStream, text: &str, content_type: &str) -> io::Result<()> {
    let mut request = Vec::new();
    let mut part = [0; 1024];
    while !request.ends_with(b"\r\n\r\n") {
        match stream.read(&mut part)? {
            0 => return Ok(()),
            length => request.extend_from_slice(part.get(..length).unwrap_or_default()),
        }
    }
    write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{text}",
        text.len()
    )
}
