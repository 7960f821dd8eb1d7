//! What every handler and every job has at hand.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use tokio_util::sync::CancellationToken;

use crate::{
    database::Database,
    federation::keys::RemoteKeys,
    model::User,
    outgoing::Outgoing,
    queue::{Breaker, Queues, Untold},
    web::streaming::Live,
};

/// Domains that we do not talk with.
const BLOCKED: [&str; 1] = ["blocked.invalid"];

/// The server's parts.
#[derive(Debug)]
pub struct App {
    /// Where the server is, without a slash at the end.
    pub base: String,
    /// The database.
    pub pool: Database,
    /// The people who live here.
    pub users: Vec<User>,
    /// The client for every outgoing request.
    pub outgoing: Outgoing,
    /// The keys of remote actors.
    pub keys: RemoteKeys,
    /// The way into the queues.
    pub queues: Queues,
    /// Which servers are worth a delivery.
    pub breaker: Breaker,
    /// The new posts that nobody was told of yet.
    pub untold: Untold,
    /// Who listens to new posts.
    pub live: Live,
    /// The folder of uploaded files.
    pub media: PathBuf,
    /// The mail server.
    pub mail: SocketAddr,
    /// Cancelled when the server ends: streams then end too.
    pub closing: CancellationToken,
    /// A number that tells this run of the server from others on the same database.
    pub run: u32,
}

impl App {
    /// The local user of that name.
    #[must_use]
    pub fn user(&self, name: &str) -> Option<&User> {
        self.users.iter().find(|user| user.name == name)
    }

    /// Host and port, as they stand in an account's name.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.base
            .split_once("://")
            .map_or(self.base.as_str(), |(_, rest)| rest)
    }

    /// Whether we do not talk with that host; a port after it does not matter.
    #[must_use]
    pub fn is_blocked(&self, host: &str) -> bool {
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        BLOCKED.contains(&name)
    }

    /// The name behind `/users/` or `/notes/` in an address of ours.
    #[must_use]
    pub fn local_part<'u>(&self, url: &'u str, folder: &str) -> Option<&'u str> {
        let rest = url.strip_prefix(self.base.as_str())?.strip_prefix(folder)?;
        (!rest.is_empty() && !rest.contains('/')).then_some(rest)
    }
}

/// How long an exchange over a socket of our own making may take before it is given up.
pub const PATIENCE: Duration = Duration::from_secs(10);
