//! A real Prometheus: on a port and in a folder of its own, gone when it is dropped.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::patience::eventually;
use crate::query::{Client, Point};

/// How long it may take to start, or to scrape. A slow machine with other things to do needs it; nobody else waits.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long what was counted may need to agree: work that comes by itself may run while it is scraped.
const SETTLING: Duration = Duration::from_secs(20);

/// What is to be scraped.
#[derive(Clone, Debug)]
pub struct Target {
    /// Where it listens.
    pub address: SocketAddr,
    /// The path of the endpoint, such as `/metrics`.
    pub path: String,
    /// The file that holds the token.
    pub token: PathBuf,
}

/// A Prometheus that scrapes one target every second.
///
/// It dies with the thread that started it, also where that one is killed; so start it on the test's own thread.
#[derive(Debug)]
pub struct Prometheus {
    child: Child,
    client: Client,
    folder: TempDir,
}

impl Prometheus {
    /// Starts one, and waits until it has scraped the target for the first time.
    ///
    /// # Panics
    ///
    /// If it cannot be started (on Debian, install the package `prometheus`), or does not get to scrape.
    #[must_use]
    pub fn scraping(target: &Target) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("prometheus.yml"), config(target)).expect("it can be written");
        // Somebody else may take the port in between; then it ends at once, and the next port is tried.
        let started = (0..5).find_map(|_| start(folder.path()));
        let Some((child, client)) = started else {
            panic!("Prometheus does not start: {}", log(folder.path()));
        };
        let prometheus = Self {
            child,
            client,
            folder,
        };
        prometheus.until("up == 1");
        prometheus
    }

    /// What an expression says now.
    ///
    /// # Panics
    ///
    /// If Prometheus does not understand it.
    #[must_use]
    pub fn instant(&self, expression: &str) -> Vec<Point> {
        self.client
            .instant(expression)
            .unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    /// What an expression said over the last seconds, one value each `step` seconds.
    ///
    /// # Panics
    ///
    /// If Prometheus does not understand it.
    #[must_use]
    pub fn range(&self, expression: &str, last: u64, step: u64) -> Vec<Point> {
        let answer = self.client.range(expression, last, step);
        answer.unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    /// Waits until an expression returns anything.
    ///
    /// # Panics
    ///
    /// If it does not in time.
    pub fn until(&self, expression: &str) {
        let answered = eventually(PATIENCE, || match self.client.instant(expression) {
            Ok(points) if points.is_empty() => Err("nothing".to_owned()),
            answer => answer,
        });
        if let Err(error) = answered {
            panic!("{expression} returns {error}; {}", log(self.folder.path()));
        }
    }

    /// What an expression says once all that it returns is 0, or after a while.
    #[must_use]
    pub fn settled(&self, expression: &str) -> Vec<Point> {
        let answered = eventually(SETTLING, || {
            let points = self.instant(expression);
            let zero = points.iter().all(|point| point.values == [0.0]);
            if zero { Ok(points) } else { Err(points) }
        });
        answered.unwrap_or_else(|points| points)
    }

    /// Waits until a scrape that began after this call was stored: what happened before it is in.
    ///
    /// # Panics
    ///
    /// If there is none in time.
    pub fn scraped_again(&self) {
        let last = || {
            self.instant("timestamp(up)")
                .first()
                .map_or(0.0, |point| point.values[0])
        };
        let before = last();
        // The next scrape may have begun already, the one after it has not.
        let scraped = eventually(PATIENCE, || match last() {
            now if now > before + 1.5 => Ok(()),
            now => Err(now),
        });
        if let Err(now) = scraped {
            panic!("the last scrape was at {now}; {}", log(self.folder.path()));
        }
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One attempt: `None` if it ended again.
fn start(folder: &Path) -> Option<(Child, Client)> {
    let address = TcpListener::bind("127.0.0.1:0")
        .and_then(|free| free.local_addr())
        .expect("a free port");
    let written = fs::File::create(folder.join("log")).expect("it can be written");
    // `setpriv` is in every Debian.
    let mut child = Command::new("setpriv")
        .args([
            "--pdeathsig",
            "KILL",
            "--",
            "prometheus",
            "--config.file=prometheus.yml",
        ])
        .args(["--storage.tsdb.path=data", "--log.level=warn"])
        .arg(format!("--web.listen-address={address}"))
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
        client.get("/-/ready").map(|()| true)
    });
    match ready {
        Ok(true) => Some((child, client)),
        Ok(false) => None,
        Err(error) => {
            let _ = child.kill();
            panic!("Prometheus does not get ready: {error}; {}", log(folder));
        }
    }
}

fn log(folder: &Path) -> String {
    fs::read_to_string(folder.join("log")).unwrap_or_default()
}

fn config(target: &Target) -> String {
    format!(
        "global:
  scrape_interval: 1s
  scrape_timeout: 1s
scrape_configs:
- job_name: contract
  metrics_path: {}
  authorization:
    credentials_file: {}
  static_configs:
  - targets: ['{}']
",
        target.path,
        target.token.display(),
        target.address,
    )
}
