//! Listen: where a listener listens, and how long it waits for whom.

use std::fmt;
use std::net::SocketAddr;
#[cfg(unix)]
use std::path::PathBuf;
use std::time::Duration;

/// Where a listener listens, and how long it waits for whom.
///
/// | limit | default | past it |
/// | --- | --- | --- |
/// | from a request's first byte, or from connecting, to the end of its head | 10 s | the connection is closed |
/// | between two requests | 90 s | the connection is closed |
/// | without a byte of the response being taken | 30 s | the connection is closed |
/// | a request's head | 16 KiB and 64 headers | 431 |
/// | connections | 64 | the one on which nothing has happened for longest is closed |
/// | what is being answered when it ends | 5 s | the connections are closed |
#[derive(Clone, Debug)]
pub struct Listen {
    pub(super) place: Place,
    pub(super) limits: Limits,
}

#[derive(Clone, Debug)]
pub(super) enum Place {
    Tcp(SocketAddr),
    #[cfg(unix)]
    Unix(PathBuf),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) head: Duration,
    pub(super) idle: Duration,
    pub(super) stalled: Duration,
    pub(super) connections: usize,
    pub(super) ending: Duration,
}

impl Listen {
    /// On this address. Port 0 is any free one: [`Serving::local_addr`](super::Serving::local_addr) says which.
    #[must_use]
    pub fn tcp(address: impl Into<SocketAddr>) -> Self {
        Self::at(Place::Tcp(address.into()))
    }

    /// On a Unix socket, which only this user may connect to. A socket that nobody answers on any more is removed; any
    /// other file stays, and is an error.
    #[cfg(unix)]
    #[must_use]
    pub fn unix(path: impl Into<PathBuf>) -> Self {
        Self::at(Place::Unix(path.into()))
    }

    fn at(place: Place) -> Self {
        Self {
            place,
            limits: Limits {
                head: Duration::from_secs(10),
                idle: Duration::from_secs(90),
                stalled: Duration::from_secs(30),
                connections: 64,
                ending: Duration::from_secs(5),
            },
        }
    }

    /// How long a request's head may take. Defaults to 10 seconds.
    #[must_use]
    pub const fn with_head_timeout(mut self, timeout: Duration) -> Self {
        self.limits.head = timeout;
        self
    }

    /// How long a connection may wait for its next request. Defaults to 90 seconds, more than the usual interval between
    /// scrapes.
    #[must_use]
    pub const fn with_idle_timeout(mut self, timeout: Duration) -> Self {
        self.limits.idle = timeout;
        self
    }

    /// How long a client may take no byte of its response. Defaults to 30 seconds.
    #[must_use]
    pub const fn with_stall_timeout(mut self, timeout: Duration) -> Self {
        self.limits.stalled = timeout;
        self
    }

    /// How many connections may be open. Defaults to 64, and is at least 1.
    #[must_use]
    pub fn with_connections(mut self, most: usize) -> Self {
        self.limits.connections = most.max(1);
        self
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            #[cfg(unix)]
            Self::Unix(path) => path.display().fmt(f),
        }
    }
}
