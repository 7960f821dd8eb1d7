//! Server: somebody else's program, on a port and in a folder of its own, gone when it is dropped.

use std::fmt::Debug;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::patience::eventually;
use crate::query::{Client, Point};

/// How long it may take to start, or to get to what is waited for. A slow machine with other things to do needs it;
/// nobody else waits.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// What has to be known to start one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Program {
    /// Its command.
    pub(crate) command: &'static str,
    /// Debian's package that it is in.
    pub(crate) package: &'static str,
    /// Its arguments, but for the address.
    pub(crate) arguments: &'static [&'static str],
    /// The argument in front of the address.
    pub(crate) listen: &'static str,
    /// The path that answers 200 once it is ready.
    pub(crate) ready: &'static str,
}

/// A program that runs.
///
/// It dies with the thread that started it, also where that one is killed; so start it on the test's own thread.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    pub(crate) client: Client,
    folder: TempDir,
}

impl Server {
    /// Starts one in a folder that holds these files, and waits until it is ready.
    pub(crate) fn start(program: &Program, files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (name, text) in files {
            fs::write(folder.path().join(name), text).expect("it can be written");
        }
        // Somebody else may take the port in between; then it ends at once, and the next port is tried.
        let started = (0..5).find_map(|_| start(program, folder.path()));
        let Some((child, address)) = started else {
            panic!("{} does not start: {}", program.command, log(folder.path()));
        };
        Self {
            child,
            address,
            client: Client::new(format!("http://{address}")),
            folder,
        }
    }

    /// Asks until the answer is `Ok`.
    pub(crate) fn until<T, E: Debug>(&self, what: &str, ask: impl FnMut() -> Result<T, E>) -> T {
        eventually(PATIENCE, ask).unwrap_or_else(|last| {
            panic!("{what} is {last:?}; {}", log(self.folder.path()));
        })
    }

    /// Waits until an expression returns anything.
    pub(crate) fn returns(&self, expression: &str) -> Vec<Point> {
        self.until(expression, || match self.client.instant(expression) {
            Ok(points) if points.is_empty() => Err("nothing".to_owned()),
            answer => answer,
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One attempt: `None` if it ended again.
fn start(program: &Program, folder: &Path) -> Option<(Child, SocketAddr)> {
    let address = TcpListener::bind("127.0.0.1:0")
        .and_then(|free| free.local_addr())
        .expect("a free port");
    let written = fs::File::create(folder.join("log")).expect("it can be written");
    // `setpriv` is in every Debian.
    let mut child = Command::new("setpriv")
        .args(["--pdeathsig", "KILL", "--", program.command])
        .args(program.arguments)
        .arg(format!("{}={address}", program.listen))
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(written)
        .spawn()
        .expect("setpriv, from Debian's package util-linux");
    let client = Client::new(format!("http://{address}"));
    let ready = eventually(PATIENCE, || {
        if !matches!(child.try_wait(), Ok(None)) {
            return Ok(false);
        }
        client.get(program.ready).map(|_| true)
    });
    match ready {
        Ok(true) => Some((child, address)),
        Ok(false) if log(folder).contains("No such file") => {
            panic!("install Debian's package {}", program.package)
        }
        Ok(false) => None,
        Err(error) => {
            let _ = child.kill();
            panic!(
                "{} does not get ready: {error}; {}",
                program.command,
                log(folder)
            );
        }
    }
}

fn log(folder: &Path) -> String {
    fs::read_to_string(folder.join("log")).unwrap_or_default()
}
