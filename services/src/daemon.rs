//! Daemon: somebody else's program that runs until it is dropped, or until this process is gone.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How long it may take to start or to end. A slow machine with other things to do needs it; nobody else waits.
const PATIENCE: Duration = Duration::from_secs(60);

/// How many ports are tried: somebody else may take one between its choice and its use.
const PORTS: usize = 5;

/// A program that runs until this is dropped.
#[derive(Debug)]
pub struct Daemon {
    child: Child,
    /// The thread that started it waits for this to go.
    _keeper: Sender<()>,
}

/// Why it does not run.
#[derive(Debug)]
pub enum Stopped {
    /// There is no such program.
    Missing,
    /// It ended at once, or never got ready, and wrote this.
    Ended(String),
}

impl Daemon {
    /// Starts it in a folder, and asks until it is ready.
    ///
    /// `arguments` begin with those of `setpriv` that come before the command. `signal` is what ends the program when this
    /// process ends without dropping it.
    ///
    /// # Errors
    ///
    /// When there is no such program, or it ends again, or does not get ready.
    pub fn start(
        signal: &'static str,
        arguments: Vec<String>,
        folder: &Path,
        ready: impl Fn() -> bool,
    ) -> Result<Self, Stopped> {
        let log = folder.join("log");
        let written = File::create(&log).expect("a log can be written");
        let errors = written.try_clone().expect("a file can be shared");
        // `setpriv` is in every Debian.
        let mut command = Command::new("setpriv");
        command
            .args(["--pdeathsig", signal])
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(written)
            .stderr(errors);
        let mut daemon = Self::kept(command);
        let deadline = Instant::now() + PATIENCE;
        while !ready() {
            let ended = !matches!(daemon.child.try_wait(), Ok(None));
            if ended || Instant::now() >= deadline {
                let log = fs::read_to_string(&log).unwrap_or_default();
                return Err(if log.contains("failed to execute") {
                    Stopped::Missing
                } else {
                    Stopped::Ended(log)
                });
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(daemon)
    }

    /// The signal of a parent's death comes when the thread that started the child ends, and a test's thread may end
    /// before the test does: so that thread is one of its own.
    fn kept(mut command: Command) -> Self {
        let (keeper, kept) = channel();
        let (sender, started) = channel();
        thread::spawn(move || {
            let child = command
                .spawn()
                .expect("setpriv, from Debian's package util-linux");
            let _ = sender.send(child);
            let _ = kept.recv();
        });
        Self {
            child: started.recv().expect("it was started"),
            _keeper: keeper,
        }
    }

    /// Asks it to end by this signal, and waits until it has.
    pub(crate) fn end(mut self, signal: &str) {
        let _ = Command::new("kill")
            .args(["-s", signal, &self.child.id().to_string()])
            .status();
        let deadline = Instant::now() + PATIENCE;
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Tries ports until it starts on one. A test ends where it does not.
pub(crate) fn on_free_port(
    package: &str,
    start: impl FnMut(u16) -> Result<Daemon, Stopped>,
) -> (Daemon, u16) {
    try_ports(package, start).unwrap_or_else(|why| panic!("{why}"))
}

/// Tries ports until it starts on one.
///
/// # Errors
///
/// When it starts on none. The text says why, and which of Debian's packages is missing.
pub fn try_ports(
    package: &str,
    mut start: impl FnMut(u16) -> Result<Daemon, Stopped>,
) -> Result<(Daemon, u16), String> {
    let mut last = String::new();
    for _ in 0..PORTS {
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|free| free.local_addr())
            .expect("a free port")
            .port();
        match start(port) {
            Ok(daemon) => return Ok((daemon, port)),
            Err(Stopped::Missing) => return Err(install(package)),
            Err(Stopped::Ended(log)) => last = log,
        }
    }
    Err(format!(
        "what is in the package {package} does not start: {last}"
    ))
}

pub(crate) fn missing(package: &str) -> ! {
    panic!("{}", install(package));
}

fn install(package: &str) -> String {
    format!("install the package {package} (Debian's name)")
}
