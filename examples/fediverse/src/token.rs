//! Token: what opens `/metrics`, in a file that the scraper reads too.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use fedimetrics_core::endpoint::{self, scrape_config};

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
            endpoint::Token::generate()?.write_to(&path)?;
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

    /// How Prometheus does, and VictoriaMetrics.
    #[must_use]
    pub fn scrape_config(&self, address: SocketAddr) -> String {
        scrape_config("fediverse", &address.to_string(), &self.path)
    }
}
