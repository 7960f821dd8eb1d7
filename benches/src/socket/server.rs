//! Server: a router behind a socket, on a thread of its own. It lives as long as the process.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

use anyhow::ensure;
use axum::Router;
use tokio::runtime;

use crate::request::PATH;

/// A router behind a loopback socket.
#[derive(Clone, Copy, Debug)]
pub struct Server(SocketAddr);

impl Server {
    /// Serves this router as `axum::serve` does, on one thread: the other processor is for those who ask.
    ///
    /// # Panics
    ///
    /// If no socket can be had.
    #[must_use]
    pub fn of(router: Router) -> Self {
        Self::start(router).unwrap_or_else(|error| unreachable!("{error}"))
    }

    fn start(router: Router) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let serve =
            async move { axum::serve(tokio::net::TcpListener::from_std(listener)?, router).await };
        thread::Builder::new().spawn(move || runtime.block_on(serve))?;
        Ok(Self(address))
    }

    /// Where it is asked.
    pub(super) fn url(self) -> String {
        format!("http://{}{PATH}", self.0)
    }

    /// One request, which must be answered well.
    pub(super) fn ask(self) -> anyhow::Result<()> {
        let mut socket = TcpStream::connect(self.0)?;
        write!(
            socket,
            "GET {PATH} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
        )?;
        let mut answer = String::new();
        socket.read_to_string(&mut answer)?;
        ensure!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        ensure!(answer.ends_with("\r\n\r\nalice"), "{answer}");
        Ok(())
    }
}
