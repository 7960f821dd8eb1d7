//! What `std::io` and `getaddrinfo` say.

use std::fmt::Display;
use std::io::{self, ErrorKind};

use super::{Reason, text};

/// The reason that an I/O error's kind tells; `None` where it tells nothing by itself.
pub(super) fn kind(error: &io::Error) -> Option<Reason> {
    Some(match error.kind() {
        ErrorKind::ConnectionRefused => Reason::Econnrefused,
        ErrorKind::ConnectionReset => Reason::Econnreset,
        ErrorKind::ConnectionAborted => Reason::Econnaborted,
        ErrorKind::HostUnreachable => Reason::Ehostunreach,
        ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown => Reason::Enetunreach,
        ErrorKind::AddrNotAvailable | ErrorKind::AddrInUse => Reason::Eaddrnotavail,
        ErrorKind::BrokenPipe => Reason::Epipe,
        ErrorKind::TimedOut => Reason::Timeout,
        ErrorKind::UnexpectedEof | ErrorKind::NotConnected => Reason::Closed,
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Reason::Enospc,
        ErrorKind::InvalidData => Reason::InvalidData,
        _ => return os(error.raw_os_error()?),
    })
}

/// EMFILE and ENFILE have no kind of their own; their numbers are the same on every Unix.
const fn os(code: i32) -> Option<Reason> {
    match code {
        23 | 24 if cfg!(unix) => Some(Reason::Emfile),
        _ => Some(Reason::Io),
    }
}

/// What `getaddrinfo` says comes without a code and without a kind: std puts this before its text.
const LOOKUP: &str = "failed to lookup address information: ";

/// The texts of glibc, musl, the BSDs and macOS, as their sources have them.
const TEXTS: &[(&str, Reason)] = &[
    ("Name or service not known", Reason::Nxdomain),
    ("Name does not resolve", Reason::Nxdomain),
    (
        "nodename nor servname provided, or not known",
        Reason::Nxdomain,
    ),
    (
        "hostname nor servname provided, or not known",
        Reason::Nxdomain,
    ),
    ("No address associated with hostname", Reason::DnsNodata),
    ("Name has no usable address", Reason::DnsNodata),
    ("Temporary failure in name resolution", Reason::DnsTemporary),
    ("Try again", Reason::DnsTemporary),
    (
        "Name could not be resolved at this time",
        Reason::DnsTemporary,
    ),
    (
        "Non-recoverable failure in name resolution",
        Reason::DnsOther,
    ),
    ("Non-recoverable error", Reason::DnsOther),
];

/// The reason in a text of `getaddrinfo`'s; `None` if it is not one.
pub(super) fn lookup(shown: &(impl Display + ?Sized)) -> Option<Reason> {
    text::after(shown, LOOKUP, TEXTS).map(|known| known.unwrap_or(Reason::DnsOther))
}

#[cfg(test)]
mod tests {
    use std::net::ToSocketAddrs;

    use super::*;

    #[test]
    fn every_text_of_getaddrinfo_is_known() {
        for (said, reason) in TEXTS {
            assert_eq!(lookup(&format!("{LOOKUP}{said}")), Some(*reason), "{said}");
        }
        assert_eq!(
            lookup(&format!("{LOOKUP}No such luck")),
            Some(Reason::DnsOther)
        );
        assert_eq!(lookup("Name or service not known"), None);
    }

    #[test]
    fn a_name_that_cannot_be_is_a_dns_failure() {
        let Err(error) = ("nobody.invalid", 443).to_socket_addrs() else {
            panic!(".invalid never resolves")
        };
        let reason = Reason::classify(&error);
        // Which of the two depends on whether this machine has a resolver at all.
        assert!(
            matches!(reason, Reason::Nxdomain | Reason::DnsTemporary),
            "{reason}: {error}"
        );
    }
}
