//! Error: what building, installing and guarding an exporter can fail with.

#[cfg(feature = "endpoint")]
use std::{io, path::PathBuf};

use crate::exporter::Exporter;
use crate::file_sd;
use crate::reason;

/// What building, installing and guarding an exporter can fail with. It says what to write instead.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(#[from] Kind);

#[derive(Debug, thiserror::Error)]
pub(crate) enum Kind {
    #[error(
        "another recorder is installed already: give both to a fan-out before either is installed, or install only one"
    )]
    Taken(Box<Exporter>),
    #[error(
        "the buckets of `{0}` must be finite, ascending and at least one, such as [0.1, 0.5, 1.0]"
    )]
    Buckets(String),
    #[error(transparent)]
    Word(reason::Problem),
    #[error(transparent)]
    FileSd(file_sd::Problem),
    #[cfg(feature = "tokio")]
    #[error("the system has no thread left for a probe")]
    Probe(#[source] std::io::Error),
    #[cfg(feature = "push")]
    #[error(transparent)]
    Push(crate::push::Problem),
    #[cfg(feature = "endpoint")]
    #[error(
        "cannot read the token file {path}: write one token a line into it, for example `head -c 32 /dev/urandom | base64`"
    )]
    TokenFile { path: PathBuf, source: io::Error },
    #[cfg(feature = "endpoint")]
    #[error(
        "{0} holds no token: write one token a line, at least 16 visible ASCII characters each"
    )]
    NoToken(String),
    #[cfg(feature = "endpoint")]
    #[error(
        "a token in {0} cannot be sent in a header or is too easy to guess: use at least 16 visible ASCII characters"
    )]
    WeakToken(String),
    #[cfg(feature = "endpoint")]
    #[error(
        "the environment variable {0} is not set: give it a token, or several with blanks between them"
    )]
    TokenUnset(String),
    #[cfg(feature = "endpoint")]
    #[error(
        "cannot write a token to {path}: if there is one that shall go, ask for it with Token::replace"
    )]
    TokenWrite { path: PathBuf, source: io::Error },
    #[cfg(feature = "endpoint")]
    #[error("the system has no random numbers: write a token of your own into the file")]
    Random(#[source] getrandom::Error),
    #[cfg(feature = "endpoint")]
    #[error("`{0}` is no network: {1}")]
    Network(String, &'static str),
    #[cfg(feature = "listener")]
    #[error("cannot listen on {at}: {hint}")]
    Listen {
        at: String,
        hint: &'static str,
        source: io::Error,
    },
}

impl Error {
    /// Whether another recorder was installed before. [`into_exporter`](Self::into_exporter) has ours.
    #[must_use]
    pub const fn is_recorder_taken(&self) -> bool {
        matches!(self.0, Kind::Taken(_))
    }

    /// Whether a target could not be published: see [`FileSd::publish`](crate::FileSd::publish).
    #[must_use]
    pub const fn is_target(&self) -> bool {
        matches!(self.0, Kind::FileSd(_))
    }

    /// Whether a reason of the host's own cannot be one: see [`Word::declare`](crate::Word::declare).
    #[must_use]
    pub const fn is_word(&self) -> bool {
        matches!(self.0, Kind::Word(_))
    }

    /// Whether a push cannot be made, failed, or was refused.
    #[must_use]
    pub const fn is_push(&self) -> bool {
        #[cfg(feature = "push")]
        return matches!(self.0, Kind::Push(_));
        #[cfg(not(feature = "push"))]
        false
    }

    /// Whether a push is not worth another attempt: the server refused it, or it cannot be made as it was asked for.
    #[must_use]
    pub const fn is_push_refused(&self) -> bool {
        #[cfg(feature = "push")]
        return matches!(&self.0, Kind::Push(problem) if !problem.passes());
        #[cfg(not(feature = "push"))]
        false
    }

    /// Whether a token cannot be read, made or written, is missing, or is too easy to guess.
    #[must_use]
    pub const fn is_token(&self) -> bool {
        #[cfg(feature = "endpoint")]
        return matches!(
            self.0,
            Kind::TokenFile { .. }
                | Kind::NoToken(_)
                | Kind::WeakToken(_)
                | Kind::TokenUnset(_)
                | Kind::TokenWrite { .. }
                | Kind::Random(_)
        );
        #[cfg(not(feature = "endpoint"))]
        false
    }

    /// Whether a text is no address and no network.
    #[must_use]
    pub const fn is_network(&self) -> bool {
        #[cfg(feature = "endpoint")]
        return matches!(self.0, Kind::Network(..));
        #[cfg(not(feature = "endpoint"))]
        false
    }

    /// Whether a listener could not be had.
    #[must_use]
    pub const fn is_listen(&self) -> bool {
        #[cfg(feature = "listener")]
        return matches!(self.0, Kind::Listen { .. });
        #[cfg(not(feature = "listener"))]
        false
    }

    /// Whether a probe could not be started.
    #[must_use]
    pub const fn is_probe(&self) -> bool {
        #[cfg(feature = "tokio")]
        return matches!(self.0, Kind::Probe(_));
        #[cfg(not(feature = "tokio"))]
        false
    }

    /// The exporter that could not be installed, whole: it still works without being the process's recorder.
    ///
    /// # Errors
    ///
    /// The error itself, if it is another one.
    pub fn into_exporter(self) -> Result<Exporter, Self> {
        match self.0 {
            Kind::Taken(exporter) => Ok(*exporter),
            other => Err(Self(other)),
        }
    }
}
