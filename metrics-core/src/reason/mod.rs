//! Reason: why something failed, out of a closed set, and who is to blame.

mod because;
mod blame;
mod classify;
mod client;
mod io;
mod sent;
mod status;
mod text;
mod unknown;
mod word;

use std::error::Error;
use std::fmt;

pub use because::Because;
pub use blame::Blame;
pub use status::Status;
pub(crate) use unknown::{in_error, in_text};
pub(crate) use word::Problem;
pub use word::{Own, Word};

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident $word:literal $blame:ident)*) => {
        /// Why something failed: a closed set, so that no error text ever becomes a label value.
        ///
        /// The words are Akkoma's where it has one (`http_410`, `nxdomain`, `econnrefused`, `timeout`, `closed`). It is
        /// an [`Error`] itself: a host that already knows puts it into its own error's `source()`, and
        /// [`Reason::classify`] finds it there.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Reason {
            /// The remote server answered with this status.
            Http(Status),
            /// A [`Word`] of the host's own.
            Own(Own),
            $($(#[$doc])* $variant,)*
        }

        impl Reason {
            const WORDS: &'static [Self] = &[$(Self::$variant),*];

            /// The label value.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    Self::Http(status) => status.word(),
                    Self::Own(own) => own.word(),
                    $(Self::$variant => $word,)*
                }
            }

            /// Who has to mend it.
            #[must_use]
            pub fn blame(self) -> Blame {
                match self {
                    Self::Http(status) => status.blame(),
                    Self::Own(own) => own.blame(),
                    $(Self::$variant => Blame::$blame,)*
                }
            }
        }
    };
}

reasons! {
    /// The name does not exist.
    Nxdomain "nxdomain" Gone
    /// The name exists, but has no address.
    DnsNodata "dns_nodata" Them
    /// The resolver could not get an answer.
    DnsServfail "dns_servfail" Us
    /// The resolver refused to answer.
    DnsRefused "dns_refused" Them
    /// No answer of the resolver in time.
    DnsTimeout "dns_timeout" Us
    /// What `getaddrinfo` says of SERVFAIL, REFUSED and silence alike.
    DnsTemporary "dns_temporary" Us
    /// Another failure to resolve the name.
    DnsOther "dns_other" Them
    /// Nobody listens on that port.
    Econnrefused "econnrefused" Them
    /// The connection was reset.
    Econnreset "econnreset" Them
    /// The connection was aborted.
    Econnaborted "econnaborted" Them
    /// No way to that host.
    Ehostunreach "ehostunreach" Them
    /// No way to that network: usually no IPv6, or no network at all.
    Enetunreach "enetunreach" Us
    /// No local address or port is left to connect from.
    Eaddrnotavail "eaddrnotavail" Us
    /// Written to a connection that the other side had closed.
    Epipe "epipe" Them
    /// No connection in time.
    ConnectTimeout "connect_timeout" Unclear
    /// No answer in time.
    Timeout "timeout" Unclear
    /// The certificate has expired.
    TlsExpired "tls_expired" Them
    /// The certificate is for another name.
    TlsName "tls_name" Them
    /// The certificate's issuer is unknown.
    TlsIssuer "tls_issuer" Them
    /// The certificate is bad in another way.
    TlsCertificate "tls_certificate" Them
    /// The other side sent a TLS alert.
    TlsAlert "tls_alert" Them
    /// No TLS version, cipher or message in common.
    TlsProtocol "tls_protocol" Them
    /// The connection ended during the TLS handshake.
    TlsEof "tls_eof" Them
    /// Another TLS failure.
    TlsOther "tls_other" Them
    /// The connection ended before the answer did.
    Closed "closed" Them
    /// The answer is not HTTP.
    HttpParse "http_parse" Them
    /// Too many redirects, or one that may not be followed.
    Redirect "redirect" Them
    /// The answer is larger than we read.
    TooLarge "too_large" Them
    /// The address is not one.
    BadUrl "bad_url" Them
    /// Blocked by our own rules.
    Blocked "blocked" Them
    /// Signing or verifying failed.
    Signature "signature" Us
    /// Too old to be worth sending.
    Expired "expired" Them
    /// Our queue was full.
    QueueFull "queue_full" Us
    /// Not tried, because that server failed too often of late.
    BreakerOpen "breaker_open" Them
    /// Not tried, because that server asked us to wait or we decided to.
    Backoff "backoff" Them
    /// Ended by our own shutdown.
    Shutdown "shutdown" Us
    /// The code panicked.
    Panic "panic" Us
    /// Our database failed.
    Db "db" Us
    /// Local input or output failed.
    Io "io" Us
    /// Out of file descriptors.
    Emfile "emfile" Us
    /// The disk is full.
    Enospc "enospc" Us
    /// The mail server asked to try again.
    Smtp4xx "smtp_4xx" Them
    /// The mail server refused.
    Smtp5xx "smtp_5xx" Them
    /// What came is not what was expected.
    InvalidData "invalid_data" Them
    /// None of the others: worth a look.
    Other "other" Unclear
}

impl Reason {
    /// The reason for a response status. A peer chooses that number, so one that is not registered becomes its class.
    ///
    /// # Examples
    ///
    /// ```
    /// use fedimetrics_core::Reason;
    ///
    /// assert_eq!(Reason::http(410).as_str(), "http_410");
    /// assert_eq!(Reason::http(447).as_str(), "http_4xx");
    /// assert_eq!(Reason::http(302).as_str(), "redirect");
    /// ```
    #[must_use]
    pub const fn http(status: u16) -> Self {
        match status {
            300..=399 => Self::Redirect,
            400..=599 => Self::Http(Status::new(status)),
            _ => Self::Other,
        }
    }

    /// The reason for a mail server's reply. lettre's error tells it: `error.status().map(|code| Reason::smtp(code.into()))`.
    ///
    /// # Examples
    ///
    /// ```
    /// use fedimetrics_core::Reason;
    ///
    /// assert_eq!(Reason::smtp(451), Reason::Smtp4xx);
    /// assert_eq!(Reason::smtp(550), Reason::Smtp5xx);
    /// assert_eq!(Reason::smtp(250), Reason::Other);
    /// ```
    #[must_use]
    pub const fn smtp(code: u16) -> Self {
        match code {
            400..=499 => Self::Smtp4xx,
            500..=599 => Self::Smtp5xx,
            _ => Self::Other,
        }
    }

    /// Every reason there is: ours, and behind them the host's own as far as they are declared.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::ours().chain(Own::all().map(Self::Own))
    }

    fn ours() -> impl Iterator<Item = Self> {
        Status::all()
            .map(Self::Http)
            .chain(Self::WORDS.iter().copied())
    }

    /// How many there are without the host's own.
    pub const COUNT: usize = Status::COUNT + Self::WORDS.len();

    /// How many there can be: the room that a table by reason needs.
    pub const PLACES: usize = Self::COUNT + Own::CAP;

    /// Its place in [`Reason::all`], below [`PLACES`](Self::PLACES), for tables by reason.
    #[must_use]
    pub fn index(self) -> usize {
        match self {
            Self::Http(status) => status.index(),
            Self::Own(own) => Self::COUNT + own.index(),
            word => {
                Status::COUNT
                    + Self::WORDS
                        .iter()
                        .position(|other| *other == word)
                        .unwrap_or_default()
            }
        }
    }

    /// Finds the reason in an error and all that it wraps.
    ///
    /// Knows `std`'s errors, the texts of `getaddrinfo`, a `Reason` that the host put into the chain, the status that
    /// `activitypub_federation` writes into a text and, by features (`hyper`, `rustls`, `reqwest-0-12`, `reqwest-0-13`,
    /// `reqwest-middleware-0-5`, `hickory-0-25`, `hickory-0-26`), what those libraries say. Texts are only compared with
    /// known ones, never searched: they are the remote server's to choose. Allocates nothing.
    ///
    /// What is `other` is worth a look. [`Failure::reason`](crate::Failure::reason) finds the same, and knows the type
    /// that it looked into: it logs that where nothing is found, and this, which does not know it, logs nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io;
    /// use fedimetrics_core::Reason;
    ///
    /// let wrapped = io::Error::other(io::Error::from(io::ErrorKind::ConnectionRefused));
    /// assert_eq!(Reason::classify(&wrapped), Reason::Econnrefused);
    /// assert_eq!(Reason::classify(&io::Error::other("what?")), Reason::Other);
    /// ```
    #[must_use]
    pub fn classify(error: &(dyn Error + 'static)) -> Self {
        classify::classify(error).unwrap_or(Self::Other)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Error for Reason {}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_reason_has_a_word_and_a_place_of_its_own() {
        let words: HashSet<_> = Reason::ours().map(Reason::as_str).collect();
        assert_eq!(words.len(), Reason::COUNT);
        for (place, reason) in Reason::all().enumerate() {
            assert_eq!(reason.index(), place, "{reason}");
            assert!(Blame::ALL.contains(&reason.blame().as_str()));
        }
    }

    #[test]
    fn no_status_makes_a_word_of_its_own() {
        let words: HashSet<_> = (0..=u16::MAX)
            .map(|status| Reason::http(status).as_str())
            .collect();
        assert_eq!(
            words.len(),
            Status::COUNT + 2,
            "redirect and other beside the statuses"
        );
    }

    #[test]
    fn dead_servers_are_nobodys_fault() {
        for gone in [
            Reason::http(404),
            Reason::http(410),
            Reason::http(523),
            Reason::Nxdomain,
        ] {
            assert_eq!(gone.blame(), Blame::Gone, "{gone}");
        }
        for unclear in [
            Reason::http(401),
            Reason::http(403),
            Reason::Timeout,
            Reason::Other,
        ] {
            assert_eq!(unclear.blame(), Blame::Unclear, "{unclear}");
        }
        assert_eq!(Reason::http(502).blame(), Blame::Them);
        assert_eq!(Reason::DnsTemporary.blame(), Blame::Us);
    }
}
