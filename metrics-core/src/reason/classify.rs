//! The walk through an error and all that it wraps.

use std::error::Error;
use std::fmt::Display;
use std::io;

use super::client::{self, Told};
use super::{Because, Reason, io as from_io, sent, text};

/// Errors wrapped deeper than this are somebody's joke.
const DEPTH: usize = 32;

/// Private types of reqwest, tokio and tower that say nothing but this.
const TIMEOUTS: &[&str] = &[
    "operation timed out",
    "deadline has elapsed",
    "request timed out",
];

/// What tokio-rustls says of a connection that ended during its handshake.
const TLS_EOF: &str = "tls handshake eof";

/// What hyper-util says around an error that came while it was connecting.
const CONNECTING: &[&str] = &["client error (Connect)", "tcp connect error"];

/// What http-body-util says of a body beyond the limit that the host has set.
const TOO_LARGE: &str = "length limit exceeded";

/// The reason in an error and all that it wraps; `None` if there is none.
pub(super) fn classify(error: &(dyn Error + 'static)) -> Option<Reason> {
    let mut walk = Walk::default();
    walk.through(error).or(walk.at_least)
}

/// The reason in the text of an error that hides what it wraps, or was made a text of.
pub(super) fn said(shown: &(impl Display + ?Sized)) -> Option<Reason> {
    from_io::lookup(shown).or_else(|| sent::status(shown))
}

#[derive(Default)]
struct Walk {
    steps: usize,
    connecting: bool,
    /// What an outer error tells, unless an inner one tells more.
    at_least: Option<Reason>,
}

impl Walk {
    fn through(&mut self, error: &(dyn Error + 'static)) -> Option<Reason> {
        let mut next = Some(error);
        while let Some(error) = next {
            self.steps += 1;
            if self.steps > DEPTH {
                return None;
            }
            if let Some(found) = self.at(error) {
                return Some(found);
            }
            next = error.source();
        }
        None
    }

    fn at(&mut self, error: &(dyn Error + 'static)) -> Option<Reason> {
        if let Some(reason) = error.downcast_ref::<Reason>() {
            return Some(*reason);
        }
        if let Some(because) = error.downcast_ref::<Because>() {
            return Some(because.reason());
        }
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return self.at_io(error);
        }
        match client::told(error) {
            Some(Told::Reason(reason)) => return Some(reason),
            Some(Told::AtLeast(reason)) => self.at_least = Some(reason),
            Some(Told::Hides(hidden)) => return self.through(hidden),
            None => {}
        }
        if error.source().is_some() {
            self.connecting |= CONNECTING.iter().any(|known| text::is(error, known));
            return None;
        }
        if TIMEOUTS.iter().any(|known| text::is(error, known)) {
            return Some(self.timeout());
        }
        if text::is(error, TLS_EOF) {
            return Some(Reason::TlsEof);
        }
        if text::is(error, TOO_LARGE) {
            return Some(Reason::TooLarge);
        }
        // A transparent wrapper around an I/O error hides it, but not what it says.
        said(error)
    }

    fn at_io(&mut self, error: &io::Error) -> Option<Reason> {
        // `source()` skips the very error that is wrapped.
        let wrapped = error
            .get_ref()
            .and_then(|wrapped| self.through(wrapped as &(dyn Error + 'static)));
        if wrapped.is_some() {
            return wrapped;
        }
        match from_io::kind(error) {
            Some(Reason::Timeout) => Some(self.timeout()),
            Some(reason) => Some(reason),
            None => from_io::lookup(error),
        }
    }

    const fn timeout(&self) -> Reason {
        if self.connecting {
            Reason::ConnectTimeout
        } else {
            Reason::Timeout
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Error as IoError, ErrorKind};
    use std::{fmt, iter};

    use super::*;

    fn classify(error: &(dyn Error + 'static)) -> Reason {
        Reason::classify(error)
    }

    /// An error that says something and wraps another one, as client libraries' do.
    #[derive(Debug)]
    struct Says(&'static str, Option<Box<dyn Error + 'static>>);

    impl fmt::Display for Says {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl Error for Says {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.1.as_deref()
        }
    }

    fn around(said: &'static str, error: impl Error + 'static) -> Says {
        Says(said, Some(Box::new(error)))
    }

    #[test]
    fn the_kind_is_found_however_deep() {
        let refused = IoError::from(ErrorKind::ConnectionRefused);
        let wrapped = around(
            "error sending request",
            around("client error (Connect)", IoError::other(refused)),
        );
        assert_eq!(classify(&wrapped), Reason::Econnrefused);
    }

    #[test]
    fn a_timeout_while_connecting_is_told_apart() {
        assert_eq!(
            classify(&around("request", Says("operation timed out", None))),
            Reason::Timeout
        );
        assert_eq!(
            classify(&around(
                "client error (Connect)",
                Says("operation timed out", None)
            )),
            Reason::ConnectTimeout
        );
        let tcp = around(
            "tcp connect error",
            IoError::new(ErrorKind::TimedOut, "deadline has elapsed"),
        );
        assert_eq!(classify(&tcp), Reason::ConnectTimeout);
    }

    #[test]
    fn the_hosts_own_word_wins() {
        assert_eq!(
            classify(&around("inbox said no", Reason::http(410))),
            Reason::http(410)
        );
    }

    #[test]
    fn a_hidden_lookup_failure_is_known_by_its_text() {
        let hidden = Says(
            "failed to lookup address information: Name or service not known",
            None,
        );
        assert_eq!(classify(&hidden), Reason::Nxdomain);
    }

    #[test]
    fn what_a_stranger_says_decides_nothing() {
        let said = "failure: failed to lookup address information: Name or service not known";
        assert_eq!(classify(&Says(said, None)), Reason::Other);
    }

    #[test]
    fn an_endless_chain_ends() {
        let deep =
            iter::repeat_n((), 10_000).fold(Says("end", None), |inner, ()| around("more", inner));
        assert_eq!(classify(&deep), Reason::Other);
        // Dropping ten thousand boxes by recursion would overflow the test's stack, not the walk's.
        std::mem::forget(deep);
    }

    #[test]
    fn out_of_descriptors_and_out_of_disk_are_ours() {
        if cfg!(unix) {
            assert_eq!(classify(&IoError::from_raw_os_error(24)), Reason::Emfile);
        }
        assert_eq!(
            classify(&IoError::from(ErrorKind::StorageFull)),
            Reason::Enospc
        );
    }
}
