//! A real Pushgateway.

use crate::exposition::Exposition;
use crate::server::{Program, Server};

const PUSHGATEWAY: Program = Program {
    command: "prometheus-pushgateway",
    package: "prometheus-pushgateway",
    arguments: &["--log.level=warn"],
    listen: "--web.listen-address",
    ready: "/-/ready",
};

/// A Pushgateway that remembers nothing of others.
///
/// It dies with the thread that started it, also where that one is killed; so start it on the test's own thread.
#[derive(Debug)]
pub struct Pushgateway(Server);

impl Pushgateway {
    /// Starts one.
    ///
    /// # Panics
    ///
    /// If it cannot be started: on Debian, install the package `prometheus-pushgateway`.
    #[must_use]
    pub fn start() -> Self {
        Self(Server::start(&PUSHGATEWAY, &[]))
    }

    /// `host:port`.
    #[must_use]
    pub fn address(&self) -> String {
        self.0.address.to_string()
    }

    /// What it shows, its own metrics among it.
    ///
    /// # Panics
    ///
    /// If it does not answer.
    #[must_use]
    pub fn shows(&self) -> Exposition {
        let text = self.0.client.get("/metrics").expect("it answers");
        Exposition::parse(&text)
    }
}
