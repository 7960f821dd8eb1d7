//! Token: what opens `/metrics`, in a file that the scraper reads too.

use std::{
    fs,
    io::Write,
    net::SocketAddr,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use anyhow::Context;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::rand::{SecureRandom, SystemRandom};

/// The file's name in the folder of the data.
const FILE: &str = "metrics.token";

/// What opens `/metrics`.
#[derive(Clone, Debug)]
pub struct Token {
    path: PathBuf,
}

impl Token {
    /// Makes one, that only this user can read, unless the folder has one already.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn create(data: &Path) -> anyhow::Result<Self> {
        let path = fs::canonicalize(data)?.join(FILE);
        if !path.exists() {
            let mut bytes = [0; 32];
            SystemRandom::new()
                .fill(&mut bytes)
                .map_err(|_| anyhow::anyhow!("the system has no random numbers"))?;
            let mut file = fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&path)
                .with_context(|| format!("{} cannot be written", path.display()))?;
            writeln!(file, "{}", URL_SAFE_NO_PAD.encode(bytes))?;
        }
        Ok(Self { path })
    }

    /// The file that holds it.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How a person reads the metrics. The token stands in no list of processes and no shell's history.
    #[must_use]
    pub fn curl(&self, base: &str) -> String {
        format!(
            "printf 'Authorization: Bearer %s' \"$(cat '{}')\" | curl -H @- {base}/metrics",
            self.path.display()
        )
    }

    /// How Prometheus does.
    #[must_use]
    pub fn scrape_config(&self, address: SocketAddr) -> String {
        format!(
            "scrape_configs:
  - job_name: fediverse
    authorization:
      credentials_file: '{}'
    static_configs:
      - targets: ['{address}']
",
            self.path.display()
        )
    }
}
