//! Redis, with nothing in it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

use crate::daemon::{Daemon, Stopped, on_free_port};

const PACKAGE: &str = "redis-server";

/// A Redis that starts with nothing in it, and is gone when this is dropped. What is in it lives through
/// [`stop`](Self::stop) and [`resume`](Self::resume).
#[derive(Debug)]
pub struct Redis {
    daemon: Option<Daemon>,
    port: u16,
    folder: TempDir,
}

impl Redis {
    /// Starts one, and waits until it answers.
    ///
    /// # Panics
    ///
    /// If it cannot be started: on Debian, install the package `redis-server`.
    #[must_use]
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (daemon, port) = on_free_port(PACKAGE, |port| start(folder.path(), port));
        Self {
            daemon: Some(daemon),
            port,
            folder,
        }
    }

    /// `redis://127.0.0.1:port/`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// Ends it as an administrator would: connections close, and new ones are refused. It writes down what it holds.
    pub fn stop(&mut self) {
        if let Some(daemon) = self.daemon.take() {
            daemon.end("TERM");
        }
    }

    /// Starts it again where it was.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub fn resume(&mut self) {
        self.stop();
        match start(self.folder.path(), self.port) {
            Ok(daemon) => self.daemon = Some(daemon),
            Err(why) => panic!("redis does not start again: {why:?}"),
        }
    }
}

fn start(folder: &Path, port: u16) -> Result<Daemon, Stopped> {
    let port_number = port.to_string();
    // A rule to save by makes it save when it is stopped.
    let arguments = [
        "--",
        "redis-server",
        "--bind",
        "127.0.0.1",
        "--port",
        &port_number,
        "--save",
        "3600 1",
    ];
    let arguments = arguments.map(str::to_owned).to_vec();
    Daemon::start("KILL", arguments, folder, || answers(port))
}

fn answers(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else {
        return false;
    };
    let mut answer = [0; 7];
    stream
        .set_read_timeout(Some(Duration::from_secs(5)))
        .and_then(|()| stream.write_all(b"PING\r\n"))
        .and_then(|()| stream.read_exact(&mut answer))
        .is_ok_and(|()| answer == *b"+PONG\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One command in, the whole short answer out.
    fn ask(redis: &Redis, command: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", redis.port)).unwrap();
        stream
            .write_all(format!("{command}\r\nQUIT\r\n").as_bytes())
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn it_keeps_what_it_holds_while_it_is_stopped_and_is_gone_when_dropped() {
        let mut redis = Redis::start();
        assert_eq!(ask(&redis, "LPUSH list a"), ":1\r\n+OK\r\n");
        redis.stop();
        let port = redis.port;
        assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
        redis.resume();
        assert_eq!(ask(&redis, "LLEN list"), ":1\r\n+OK\r\n");
        drop(redis);
        assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    }
}
