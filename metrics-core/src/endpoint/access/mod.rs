//! Access: who may read the endpoint. Nobody, unless somebody wrote it down.

mod alarm;
mod check;
mod digest;
mod network;
mod peer;
mod refusal;
mod scopes;
mod token_file;
mod way;

use std::env;
use std::fmt::{self, Display};
use std::future::Future;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use http::Extensions;

use crate::error::{Error, Kind};
pub(super) use check::{Asking, Verdict};
use digest::Digest;
use network::Network;
use peer::FindPeer;
pub use peer::Peer;
pub(super) use refusal::Refusal;
use scopes::Scopes;
use token_file::TokenFile;
use way::{Rule, Way};

/// Who may read the endpoint. The default is nobody.
///
/// | rule | opens to |
/// | --- | --- |
/// | [`closed`](Self::closed) | nobody: 403, and the log says what to write |
/// | [`off`](Self::off) | nobody: 404, as if there were no endpoint |
/// | [`open`](Self::open) | everybody |
/// | [`bearer_tokens`](Self::bearer_tokens), [`bearer_token_file`](Self::bearer_token_file), [`bearer_token_env`](Self::bearer_token_env) | who has one of these tokens |
/// | [`scopes`](Self::scopes) | whose token the host knows to be an administrator's |
/// | [`or`](Self::or) | whoever one of two rules opens to |
/// | [`with_addresses`](Self::with_addresses) | only those of them who come from there |
///
/// There is no rule by `X-Forwarded-For`: anybody can write that header.
///
/// # Examples
///
/// Administrators get in, and so does the token of the scraper, also while the database is down:
///
/// ```
/// # async fn scopes_of(token: String) -> Result<Option<Vec<String>>, std::io::Error> { Ok(None) }
/// use fedimetrics_core::Access;
///
/// let access = Access::bearer_tokens(["Zm9sbG93IG1lIG9uIGZlZGl2ZXJzZQ"])?
///     .or(Access::scopes(scopes_of))
///     .with_addresses(["10.0.0.0/8", "::1"])?;
/// # drop(access);
/// # Ok::<(), fedimetrics_core::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Access {
    off: bool,
    ways: Vec<Way>,
    peer: Option<FindPeer>,
}

impl Access {
    /// Nobody may: every request gets 403.
    #[must_use]
    pub const fn closed() -> Self {
        Self {
            off: false,
            ways: Vec::new(),
            peer: None,
        }
    }

    /// There is no endpoint: every request gets 404, whatever else opens.
    #[must_use]
    pub const fn off() -> Self {
        let mut access = Self::closed();
        access.off = true;
        access
    }

    /// Everybody may. Delivery failures tell who talks to whom, so this is for a listener that only the scraper reaches.
    #[must_use]
    pub fn open() -> Self {
        Self::by(Rule::Open)
    }

    /// Whoever sends one of these tokens as `Authorization: Bearer …` may. Several at once let one replace another.
    ///
    /// # Errors
    ///
    /// If there is none, or if one has fewer than 16 characters or any that is not visible ASCII.
    ///
    /// # Examples
    ///
    /// ```
    /// use fedimetrics_core::Access;
    ///
    /// assert!(Access::bearer_tokens(["Zm9sbG93IG1lIG9uIGZlZGl2ZXJzZQ"]).is_ok());
    /// assert!(Access::bearer_tokens(["1234"]).unwrap_err().is_token());
    /// ```
    pub fn bearer_tokens<T: AsRef<str>>(
        tokens: impl IntoIterator<Item = T>,
    ) -> Result<Self, Error> {
        let digests = Digest::all(tokens, "the list of tokens")?;
        Ok(Self::by(Rule::Tokens(digests.into())))
    }

    /// Whoever sends one of this file's tokens as `Authorization: Bearer …` may: one a line, and blank lines and lines
    /// with `#` at their start do not count. Keep it readable by the server and the scraper alone; a file that holds one
    /// token and nothing else can be Prometheus' `credentials_file` too.
    ///
    /// It is looked at once a second at most, and read again when it changes, so a token is replaced without a restart:
    /// add the new one, tell the scraper, take the old one out. A file that cannot be read any more, or holds no token any
    /// more, leaves the last good tokens in place, and the log says so once.
    ///
    /// # Errors
    ///
    /// If it cannot be read, holds no token, or one that is too easy to guess.
    pub fn bearer_token_file(path: impl AsRef<Path>) -> Result<Self, Error> {
        let file = TokenFile::open(path.as_ref())?;
        Ok(Self::by(Rule::File(Arc::new(file))))
    }

    /// Whoever sends one of the tokens in this environment variable may: several have blanks between them.
    ///
    /// # Errors
    ///
    /// If it is not set, holds no token, or one that is too easy to guess.
    pub fn bearer_token_env(variable: &str) -> Result<Self, Error> {
        let tokens = env::var(variable).map_err(|_| Kind::TokenUnset(variable.to_owned()))?;
        let digests = Digest::all(tokens.split_ascii_whitespace(), variable)?;
        Ok(Self::by(Rule::Tokens(digests.into())))
    }

    /// Whoever sends a token may, to which the host has granted the scope `admin:metrics` or its parent `admin`.
    ///
    /// The host's function takes the token that was sent. Each string that it returns may hold several scopes, with
    /// blanks between them.
    ///
    /// | the function returns | the request gets |
    /// | --- | --- |
    /// | `Ok(Some(scopes))`, one of them opens | in, and again for 30 seconds without the function being asked |
    /// | `Ok(Some(scopes))`, none of them opens | 403 with `error="insufficient_scope", scope="admin:metrics"` |
    /// | `Ok(None)`: nobody has that token | 401 with `error="invalid_token"` |
    /// | `Err(_)`, a panic, or nothing in time | 503 with `Retry-After` |
    ///
    /// It is asked eight times at once at most, so that strangers cannot flood a database through it. Let
    /// [`bearer_token_file`](Self::bearer_token_file) open as well: a database that is down is what one wants to see, and
    /// those tokens never wait for this function.
    pub fn scopes<F, R, S, E>(ask: F) -> Self
    where
        F: Fn(String) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Option<S>, E>> + Send + 'static,
        S: IntoIterator<Item: AsRef<str>>,
        E: Display,
    {
        Self::by(Rule::Scopes(Arc::new(Scopes::new(ask))))
    }

    /// How long the functions given to [`scopes`](Self::scopes) may take. Defaults to 2 seconds.
    #[must_use]
    pub fn with_scopes_timeout(mut self, timeout: Duration) -> Self {
        for way in &mut self.ways {
            if let Rule::Scopes(scopes) = &mut way.rule {
                *scopes = Arc::new(scopes.with_patience(timeout));
            }
        }
        self
    }

    /// Whoever either of the two opens to may. What is [`off`](Self::off) stays off.
    #[must_use]
    pub fn or(mut self, other: Self) -> Self {
        self.off |= other.off;
        self.ways.extend(other.ways);
        self.peer = self.peer.or(other.peer);
        self
    }

    /// Only those of them may who come from one of these addresses or networks. Given twice, both lists have to hold the
    /// address. An addition to a token, not a substitute: whoever runs on such a host, or can make it send a request,
    /// comes from there.
    ///
    /// The address is that of the connection, from the request extension [`Peer`], or from where
    /// [`with_peer`](Self::with_peer) says. A request without one gets 403, and the log says what to do. Behind a reverse
    /// proxy it is the proxy's address.
    ///
    /// # Errors
    ///
    /// If one is neither an address (`192.0.2.1`) nor a network (`2001:db8::/32`).
    ///
    /// # Examples
    ///
    /// ```
    /// use fedimetrics_core::Access;
    ///
    /// assert!(Access::open().with_addresses(["127.0.0.1", "fd00::/8"]).is_ok());
    /// let error = Access::open().with_addresses(["prometheus.internal"]).unwrap_err();
    /// assert!(error.is_network());
    /// ```
    pub fn with_addresses<T: AsRef<str>>(
        mut self,
        addresses: impl IntoIterator<Item = T>,
    ) -> Result<Self, Error> {
        let networks: Arc<[Network]> = addresses
            .into_iter()
            .map(|text| text.as_ref().parse())
            .collect::<Result<_, _>>()?;
        for way in &mut self.ways {
            way.from.push(networks.clone());
        }
        Ok(self)
    }

    /// Where a request's extensions hold its peer's address, if not as a [`Peer`]. For axum that is
    ///
    /// ```
    /// # use std::net::SocketAddr;
    /// # #[derive(Clone)]
    /// # struct ConnectInfo<T>(T); // axum::extract::ConnectInfo
    /// use fedimetrics_core::Access;
    ///
    /// let access = Access::open().with_addresses(["127.0.0.1"])?.with_peer(|extensions| {
    ///     extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip())
    /// });
    /// # drop(access);
    /// # Ok::<(), fedimetrics_core::Error>(())
    /// ```
    ///
    /// with `axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>())`.
    #[must_use]
    pub fn with_peer(
        mut self,
        find: impl Fn(&Extensions) -> Option<IpAddr> + Send + Sync + 'static,
    ) -> Self {
        self.peer = Some(FindPeer::new(find));
        self
    }

    fn by(rule: Rule) -> Self {
        let mut access = Self::closed();
        access.ways.push(Way {
            rule,
            from: Vec::new(),
        });
        access
    }

    /// Whether every way in asks where a request comes from.
    #[cfg(all(unix, feature = "listener"))]
    pub(super) fn needs_peer(&self) -> bool {
        !self.ways.is_empty() && self.ways.iter().all(|way| !way.from.is_empty())
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.off { "Access::off" } else { "Access" })?;
        f.debug_list().entries(&self.ways).finish()
    }
}
