//! A process of the demo server, killed when it is dropped.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// A folder for its data, in memory where there is such a place: how full the disk is, is none of a test's business.
pub(crate) fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

/// The program.
pub(crate) const BESIDE: &str = env!("CARGO_BIN_EXE_beside");

pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Process {
    /// One on this data that shows its metrics there, or on any free port.
    pub(crate) fn start(data: &Path, role: &str, address: Option<SocketAddr>) -> Self {
        Self::become_one(Command::new(BESIDE), data, role, address)
    }

    /// The same of a command that becomes one, once it has been told of all that.
    pub(crate) fn become_one(
        mut command: Command,
        data: &Path,
        role: &str,
        address: Option<SocketAddr>,
    ) -> Self {
        command.arg(data).arg(role);
        command.args(address.map(|address| address.to_string()));
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.trim().parse().unwrap();
        Self { child, address }
    }

    /// Begins a fault.
    pub(crate) fn begin(&mut self, fault: &str) {
        let input = self.child.stdin.as_mut().unwrap();
        writeln!(input, "{fault}").unwrap();
    }

    /// Kills it and starts it anew, where it was.
    pub(crate) fn restart(&mut self, data: &Path, role: &str) {
        self.kill();
        *self = Self::start(data, role, Some(self.address));
    }

    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
