//! Peer: the address that a request came from.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use http::Extensions;

/// The address that a request came from, as a request extension: a server puts it there for
/// [`Access::with_addresses`](super::Access::with_addresses). The listener of this crate does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

/// Where a request's extensions hold its peer's address.
#[derive(Clone)]
pub(super) struct FindPeer(Arc<Find>);

type Find = dyn Fn(&Extensions) -> Option<IpAddr> + Send + Sync;

impl FindPeer {
    pub(super) fn new(
        find: impl Fn(&Extensions) -> Option<IpAddr> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(find))
    }

    pub(super) fn find(&self, extensions: &Extensions) -> Option<IpAddr> {
        (self.0)(extensions)
    }
}

impl fmt::Debug for FindPeer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FindPeer")
    }
}
