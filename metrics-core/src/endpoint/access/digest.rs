//! Digest: what is kept of a token, so that no dump of memory shows one.

use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq};

use crate::error::{Error, Kind};

/// The least that a token must have: 16 letters of base64 hold 96 bits.
const SHORTEST: usize = 16;

/// What is kept of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Digest([u8; 32]);

impl Digest {
    pub(super) fn of(token: &[u8]) -> Self {
        Self(Sha256::digest(token).into())
    }

    /// The digests of these tokens, unless there is none, or one that is too easy to guess.
    pub(super) fn all<T: AsRef<str>>(
        tokens: impl IntoIterator<Item = T>,
        from: &str,
    ) -> Result<Vec<Self>, Error> {
        let mut digests = Vec::new();
        for token in tokens {
            let token = token.as_ref();
            if token.len() < SHORTEST || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(Kind::WeakToken(from.to_owned()).into());
            }
            digests.push(Self::of(token.as_bytes()));
        }
        if digests.is_empty() {
            return Err(Kind::NoToken(from.to_owned()).into());
        }
        Ok(digests)
    }

    /// Whether it is among these. All are compared, always: how long this takes must not tell which one was near.
    pub(super) fn is_among(&self, known: &[Self]) -> bool {
        known
            .iter()
            .fold(Choice::from(0), |found, digest| {
                found | digest.0.ct_eq(&self.0)
            })
            .into()
    }
}
