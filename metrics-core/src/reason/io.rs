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

/// EMFILE and ENFILE have no kind of their own; their numbers are the same on every Unix. On Windows a lookup ends in a
/// number, and not in a text: `WSAHOST_NOT_FOUND`, `WSATRY_AGAIN`, `WSANO_RECOVERY`, `WSANO_DATA`.
const fn os(code: i32) -> Option<Reason> {
    match code {
        23 | 24 if cfg!(unix) => Some(Reason::Emfile),
        11_001 if cfg!(windows) => Some(Reason::Nxdomain),
        11_002 if cfg!(windows) => Some(Reason::DnsTemporary),
        11_003 if cfg!(windows) => Some(Reason::DnsOther),
        11_004 if cfg!(windows) => Some(Reason::DnsNodata),
        _ => Some(Reason::Io),
    }
}

/// What an I/O error of a resolver's own sockets tells: it is not the remote server that refused or reset them.
#[allow(dead_code, reason = "only resolvers' errors are asked")]
pub(super) fn resolving(error: &io::Error) -> Reason {
    match kind(error) {
        Some(ours @ (Reason::Emfile | Reason::Enetunreach | Reason::Eaddrnotavail)) => ours,
        _ => Reason::DnsTemporary,
    }
}

/// What `getaddrinfo` says comes without a code and without a kind: std puts this before its text.
const LOOKUP: &str = "failed to lookup address information: ";

/// The texts of glibc, musl, FreeBSD, NetBSD, OpenBSD and macOS, as their sources have them.
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
    ("name or service is not known", Reason::Nxdomain),
    ("No address associated with hostname", Reason::DnsNodata),
    ("No address associated with nodename", Reason::DnsNodata),
    ("no address associated with name", Reason::DnsNodata),
    ("Name has no usable address", Reason::DnsNodata),
    ("Temporary failure in name resolution", Reason::DnsTemporary),
    ("temporary failure in name resolution", Reason::DnsTemporary),
    ("Try again", Reason::DnsTemporary),
    (
        "Name could not be resolved at this time",
        Reason::DnsTemporary,
    ),
    (
        "Non-recoverable failure in name resolution",
        Reason::DnsOther,
    ),
    (
        "non-recoverable failure in name resolution",
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

    /// What each C library says of EAI_NONAME, EAI_NODATA, EAI_AGAIN and EAI_FAIL; `None` where it has no such code.
    const SAID: &[(&str, [Option<&str>; 4])] = &[
        (
            "glibc",
            [
                Some("Name or service not known"),
                Some("No address associated with hostname"),
                Some("Temporary failure in name resolution"),
                Some("Non-recoverable failure in name resolution"),
            ],
        ),
        (
            "musl",
            [
                Some("Name does not resolve"),
                Some("Name has no usable address"),
                Some("Try again"),
                Some("Non-recoverable error"),
            ],
        ),
        (
            "FreeBSD",
            [
                Some("Name does not resolve"),
                None,
                Some("Name could not be resolved at this time"),
                Some("Non-recoverable failure in name resolution"),
            ],
        ),
        (
            "NetBSD",
            [
                Some("hostname nor servname provided, or not known"),
                Some("No address associated with hostname"),
                Some("Temporary failure in name resolution"),
                Some("Non-recoverable failure in name resolution"),
            ],
        ),
        (
            "OpenBSD",
            [
                Some("name or service is not known"),
                Some("no address associated with name"),
                Some("temporary failure in name resolution"),
                Some("non-recoverable failure in name resolution"),
            ],
        ),
        (
            "macOS",
            [
                Some("nodename nor servname provided, or not known"),
                Some("No address associated with nodename"),
                Some("Temporary failure in name resolution"),
                Some("Non-recoverable failure in name resolution"),
            ],
        ),
    ];

    #[test]
    fn every_text_of_getaddrinfo_is_known() {
        let reasons = [
            Reason::Nxdomain,
            Reason::DnsNodata,
            Reason::DnsTemporary,
            Reason::DnsOther,
        ];
        for (library, said) in SAID {
            for (said, reason) in said.iter().zip(reasons) {
                let Some(said) = said else { continue };
                let said = format!("failed to lookup address information: {said}");
                assert!(TEXTS.iter().any(|(known, _)| said.ends_with(known)));
                assert_eq!(lookup(&said), Some(reason), "{library}: {said}");
            }
        }
        assert_eq!(
            lookup(&format!("{LOOKUP}No such luck")),
            Some(Reason::DnsOther)
        );
        assert_eq!(lookup("Name or service not known"), None);
    }

    #[test]
    fn a_system_error_of_getaddrinfo_comes_as_itself() {
        // For EAI_SYSTEM `std` makes a plain error of `errno`, without the text of a lookup.
        if cfg!(unix) {
            let emfile = io::Error::from_raw_os_error(24);
            assert_eq!(Reason::classify(&emfile), Reason::Emfile);
        }
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
