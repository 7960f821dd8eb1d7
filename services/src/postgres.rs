//! PostgreSQL: a cluster with nothing in it.

use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::daemon::{Daemon, Stopped, missing, on_free_port};

const PACKAGE: &str = "postgresql";

/// Where Debian puts the versions of its programs, which are not in anybody's `PATH`.
const VERSIONS: &str = "/usr/lib/postgresql";

/// A PostgreSQL that starts with nothing in it, and is gone when this is dropped. What is in it lives through
/// [`stop`](Self::stop) and [`resume`](Self::resume).
///
/// Whoever asks from this machine is let in as its superuser, `postgres`.
#[derive(Debug)]
pub struct Postgres {
    daemon: Option<Daemon>,
    port: u16,
    cluster: Cluster,
}

impl Postgres {
    /// Makes a cluster and starts it, and waits until it lets clients in.
    ///
    /// # Panics
    ///
    /// If it cannot be started: on Debian, install the package `postgresql`.
    #[must_use]
    pub fn start() -> Self {
        let cluster = Cluster::new();
        let (daemon, port) = on_free_port(PACKAGE, |port| cluster.start(port));
        Self {
            daemon: Some(daemon),
            port,
            cluster,
        }
    }

    /// `postgres://postgres@127.0.0.1:port/postgres`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Its port, which is also in the name of its socket.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The folder that its Unix socket is in.
    #[must_use]
    pub fn socket_folder(&self) -> &Path {
        self.cluster.folder.path()
    }

    /// Ends it as an administrator would: connections close, and new ones are refused.
    pub fn stop(&mut self) {
        if let Some(daemon) = self.daemon.take() {
            // A fast shutdown: it does not wait for its clients.
            daemon.end("INT");
        }
    }

    /// Starts it again where it was.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub fn resume(&mut self) {
        self.stop();
        match self.cluster.start(self.port) {
            Ok(daemon) => self.daemon = Some(daemon),
            Err(why) => panic!("PostgreSQL does not start again: {why:?}"),
        }
    }
}

impl Drop for Postgres {
    /// Killed outright, it would leave shared memory behind.
    fn drop(&mut self) {
        if let Some(daemon) = self.daemon.take() {
            daemon.end("QUIT");
        }
    }
}

/// What is on disk, and who owns it.
#[derive(Debug)]
struct Cluster {
    folder: TempDir,
    programs: PathBuf,
    /// For `setpriv`: PostgreSQL does not run as root.
    user: Vec<String>,
}

impl Cluster {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let programs = programs().unwrap_or_else(|| missing(PACKAGE));
        let owner = folder.path().metadata().expect("it is there").uid();
        let user = if owner == 0 {
            let (user, group) = postgres().unwrap_or_else(|| missing(PACKAGE));
            chown(folder.path(), Some(user), Some(group)).expect("root may");
            ["--reuid=postgres", "--regid=postgres", "--init-groups"]
                .map(str::to_owned)
                .to_vec()
        } else {
            Vec::new()
        };
        let cluster = Self {
            folder,
            programs,
            user,
        };
        cluster.create();
        cluster
    }

    fn create(&self) {
        let made = Command::new("setpriv")
            .args(self.arguments("initdb"))
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8"])
            .args(["--no-locale", "--no-sync", "--pgdata=data"])
            .current_dir(self.folder.path())
            .output()
            .expect("setpriv, from Debian's package util-linux");
        let Output { status, stderr, .. } = made;
        let errors = String::from_utf8_lossy(&stderr);
        assert!(status.success(), "initdb: {errors}");
    }

    fn start(&self, port: u16) -> Result<Daemon, Stopped> {
        let folder = self.folder.path();
        let mut arguments = self.arguments("postgres");
        // What it holds need not live through a loss of power.
        let settings = [
            "listen_addresses=127.0.0.1".to_owned(),
            format!("port={port}"),
            format!("unix_socket_directories={}", folder.display()),
            "fsync=off".to_owned(),
        ];
        arguments.extend(["-D".to_owned(), "data".to_owned()]);
        for setting in settings {
            arguments.extend(["-c".to_owned(), setting]);
        }
        let is_ready = || {
            Command::new(self.programs.join("pg_isready"))
                .args(["--quiet", "--host=127.0.0.1", &format!("--port={port}")])
                .status()
                .is_ok_and(|status| status.success())
        };
        Daemon::start("QUIT", arguments, folder, is_ready)
    }

    /// The beginning of a command for `setpriv`.
    fn arguments(&self, program: &str) -> Vec<String> {
        let program = self.programs.join(program).display().to_string();
        let mut arguments = self.user.clone();
        arguments.extend(["--".to_owned(), program]);
        arguments
    }
}

/// The folder of the newest version's programs.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir(VERSIONS).ok()?;
    let newest = versions
        .filter_map(|version| version.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .filter(|version| {
            Path::new(VERSIONS)
                .join(format!("{version}/bin/initdb"))
                .exists()
        })
        .max()?;
    Some(Path::new(VERSIONS).join(format!("{newest}/bin")))
}

/// The numbers of the user that the package makes, and of its group.
fn postgres() -> Option<(u32, u32)> {
    let number = |which: &str| {
        let asked = Command::new("id").args([which, "postgres"]).output().ok()?;
        String::from_utf8(asked.stdout).ok()?.trim().parse().ok()
    };
    Some((number("-u")?, number("-g")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(postgres: &Postgres, host: &str, sql: &str) -> String {
        let asked = Command::new(postgres.cluster.programs.join("psql"))
            .args(["--no-psqlrc", "--tuples-only", "--no-align", "--quiet"])
            .args(["--username=postgres", "--host", host, "--command", sql])
            .args(["--port", &postgres.port().to_string()])
            .output()
            .unwrap();
        assert!(asked.status.success(), "{asked:?}");
        String::from_utf8(asked.stdout).unwrap().trim().to_owned()
    }

    #[test]
    fn it_keeps_what_it_holds_while_it_is_stopped_and_is_gone_when_dropped() {
        let mut postgres = Postgres::start();
        let folder = postgres.socket_folder().to_owned();
        let socket = folder.display().to_string();
        ask(
            &postgres,
            &socket,
            "create table kept as select 7 as number",
        );
        postgres.stop();
        let port = postgres.port();
        assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
        postgres.resume();
        assert_eq!(ask(&postgres, "127.0.0.1", "select number from kept"), "7");
        drop(postgres);
        assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
        assert!(!folder.exists());
    }
}
