//! Way: one way in, and for whom it is there.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use super::digest::Digest;
use super::network::Network;
use super::scopes::Scopes;
use super::token_file::TokenFile;

/// One way in.
#[derive(Clone)]
pub(super) struct Way {
    pub(super) rule: Rule,
    /// Each of these lists has to hold the peer's address.
    pub(super) from: Vec<Arc<[Network]>>,
}

/// What opens it.
#[derive(Clone)]
pub(super) enum Rule {
    Open,
    Tokens(Arc<[Digest]>),
    File(Arc<TokenFile>),
    Scopes(Arc<Scopes>),
}

impl Way {
    /// Whether it is there for those who come from here.
    pub(super) fn is_for(&self, peer: Option<IpAddr>) -> bool {
        self.from
            .iter()
            .all(|list| peer.is_some_and(|peer| list.iter().any(|network| network.contains(peer))))
    }
}

impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.rule {
            Rule::Open => f.write_str("open")?,
            Rule::Tokens(digests) => write!(f, "tokens: {}", digests.len())?,
            Rule::File(file) => write!(f, "tokens in a file: {}", file.digests().len())?,
            Rule::Scopes(_) => f.write_str("scopes")?,
        }
        match self.from.len() {
            0 => Ok(()),
            _ => f.write_str(", by address"),
        }
    }
}
