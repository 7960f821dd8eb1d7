//! Watcher: one of the programs that watch, on a free port, gone when it is dropped.

use std::path::Path;

use anyhow::anyhow;
use fedimetrics_services::{Daemon, try_ports};

use crate::query::Queries;

/// What has to be known to start one.
pub(crate) struct Program {
    pub(crate) command: &'static str,
    pub(crate) package: &'static str,
    pub(crate) arguments: &'static [&'static str],
    /// The argument in front of the address.
    pub(crate) listen: &'static str,
    /// The path that answers once it is ready.
    pub(crate) ready: &'static str,
}

/// One that runs.
#[derive(Debug)]
pub(crate) struct Watcher {
    port: u16,
    _daemon: Daemon,
}

impl Watcher {
    /// Starts it where its configuration is.
    pub(crate) fn start(program: &Program, folder: &Path) -> anyhow::Result<Self> {
        let begun = try_ports(program.package, |port| {
            let mut arguments = vec!["--".to_owned(), program.command.to_owned()];
            arguments.extend(
                program
                    .arguments
                    .iter()
                    .map(|&argument| argument.to_owned()),
            );
            arguments.push(format!("{}=127.0.0.1:{port}", program.listen));
            let ready = format!("http://127.0.0.1:{port}{}", program.ready);
            Daemon::start("TERM", arguments, folder, || {
                ureq::get(&ready).call().is_ok()
            })
        });
        let (daemon, port) = begun.map_err(|why| anyhow!(why))?;
        Ok(Self {
            port,
            _daemon: daemon,
        })
    }

    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    pub(crate) fn queries(&self) -> Queries {
        Queries::to(self.url())
    }
}
