//! Access: who may read the endpoint. Nobody, unless somebody wrote it down.

use std::fmt;
use std::fs;
use std::path::Path;

use http::{HeaderMap, header};
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use crate::error::{Error, Kind};

/// The least that a token must have: 16 letters of base64 hold 96 bits.
const SHORTEST: usize = 16;

/// Who may read the endpoint. The default is nobody.
#[derive(Clone, Default)]
pub struct Access(Rule);

#[derive(Clone, Default)]
enum Rule {
    #[default]
    Closed,
    Open,
    /// Only digests are kept, so that no dump of memory shows a token.
    Bearer(Vec<[u8; 32]>),
}

/// Why a request was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Nothing opens it.
    Closed,
    /// No token came, or another one.
    Unknown,
}

impl Access {
    /// Nobody may: every request gets 403.
    #[must_use]
    pub const fn closed() -> Self {
        Self(Rule::Closed)
    }

    /// Everybody may. Delivery failures tell who talks to whom, so this is for a listener that only the scraper reaches.
    #[must_use]
    pub const fn open() -> Self {
        Self(Rule::Open)
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
        Self::bearer(tokens.into_iter(), "the list of tokens")
    }

    /// Whoever sends one of this file's tokens as `Authorization: Bearer …` may: one a line, and blank lines and lines
    /// with `#` at their start do not count. It is the file that Prometheus reads as `credentials_file`, so keep it
    /// readable by those two alone.
    ///
    /// # Errors
    ///
    /// If it cannot be read, holds no token, or one that is too easy to guess.
    pub fn bearer_token_file(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let text = fs::read_to_string(path).map_err(|source| Kind::TokenFile {
            path: path.into(),
            source,
        })?;
        let tokens = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        Self::bearer(tokens, &path.display().to_string())
    }

    fn bearer<T: AsRef<str>>(tokens: impl Iterator<Item = T>, from: &str) -> Result<Self, Error> {
        let mut digests = Vec::new();
        for token in tokens {
            let token = token.as_ref();
            if token.len() < SHORTEST || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(Kind::WeakToken(from.to_owned()).into());
            }
            digests.push(digest(token.as_bytes()));
        }
        if digests.is_empty() {
            return Err(Kind::NoToken(from.to_owned()).into());
        }
        Ok(Self(Rule::Bearer(digests)))
    }

    pub(super) fn check(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        match &self.0 {
            Rule::Open => Ok(()),
            Rule::Closed => {
                tracing::warn!(
                    "a scrape was refused: the metrics endpoint is closed; open it with Access::bearer_token_file(\"metrics.token\")"
                );
                Err(Refusal::Closed)
            }
            Rule::Bearer(digests) => {
                let sent = digest(bearer(headers).ok_or(Refusal::Unknown)?);
                // All of them, always: how long this takes must not tell which one was near.
                let known = digests
                    .iter()
                    .fold(Choice::from(0), |known, digest| known | digest.ct_eq(&sent));
                if known.into() {
                    Ok(())
                } else {
                    Err(Refusal::Unknown)
                }
            }
        }
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Rule::Closed => f.write_str("Access::closed"),
            Rule::Open => f.write_str("Access::open"),
            Rule::Bearer(digests) => write!(f, "Access::bearer({} tokens)", digests.len()),
        }
    }
}

/// The token of the one `Authorization` header, whose scheme may be written in any case.
fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let mut sent = headers.get_all(header::AUTHORIZATION).iter();
    let value = sent.next()?.as_bytes();
    let (scheme, token) = value.split_at_checked("Bearer ".len())?;
    (scheme.eq_ignore_ascii_case(b"Bearer ") && sent.next().is_none()).then(|| token.trim_ascii())
}

fn digest(token: &[u8]) -> [u8; 32] {
    Sha256::digest(token).into()
}
