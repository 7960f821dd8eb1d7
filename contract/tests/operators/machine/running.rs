//! Running: a program that was started, until it is dropped.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fedimetrics_contract::eventually;

/// How long one may take until it listens.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is to be started.
pub(super) struct Program {
    pub(super) name: String,
    pub(super) user: String,
    pub(super) environment: Vec<(String, String)>,
    /// Itself first.
    pub(super) arguments: Vec<String>,
}

impl Program {
    /// Where it was told to listen: on this machine only.
    pub(super) fn listens(&self) -> SocketAddr {
        let told = self.arguments.iter().find_map(|word| {
            let (key, value) = word.split_once('=')?;
            let key = key.trim_start_matches('-');
            ["web.listen-address", "httpListenAddr"]
                .contains(&key)
                .then_some(value)
        });
        let told = told.unwrap_or_else(|| panic!("{} listens to everybody", self.name));
        told.parse().unwrap()
    }

    /// Starts it, and waits until it listens.
    pub(super) fn start(&self, log: &Path) -> Running {
        // It dies with this thread.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL"]);
        // Only root can be somebody else. This process's own folder says who it is.
        if fs::metadata("/proc/self").unwrap().uid() == 0 {
            command.args([
                "--reuid",
                &self.user,
                "--regid",
                &self.user,
                "--init-groups",
            ]);
        }
        let written = File::create(log).unwrap();
        let child = command
            .arg("--")
            .args(&self.arguments)
            .envs(self.environment.iter().map(|(key, value)| (key, value)))
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(written.try_clone().unwrap())
            .stderr(written)
            .spawn()
            .unwrap();
        let mut running = Running(child);
        let listens = self.listens();
        let listening = eventually(PATIENCE, || {
            let ended = running.0.try_wait().unwrap();
            match TcpStream::connect(listens) {
                Ok(_) if ended.is_none() => Ok(true),
                _ if ended.is_some() => Ok(false),
                other => other.map(|_| true),
            }
        });
        let said = || fs::read_to_string(log).unwrap_or_default();
        assert!(
            matches!(listening, Ok(true)),
            "{}: {listening:?}\n{}",
            self.name,
            said()
        );
        running
    }
}

/// A program that runs.
pub(super) struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
