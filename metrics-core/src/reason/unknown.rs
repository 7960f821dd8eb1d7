//! What no reason was found in: said rarely, by the names of types, and never by what an error says.

use std::any::type_name;
use std::error::Error;
use std::fmt;
use std::io;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Reason, classify, client};

/// How many types are counted apart. A program has few error types at its edges; the rest share the last place.
const CAP: usize = 32;

/// Errors wrapped deeper than this are not named.
const DEPTH: usize = 16;

/// One error type, and how often no reason was found in it.
type Slot = (OnceLock<&'static str>, AtomicU64);

static SEEN: [Slot; CAP] = [const { (OnceLock::new(), AtomicU64::new(0)) }; CAP];

/// The reason in an error that came as an `E`. Where there is none, that is said: the first time, the 16th, the 256th and
/// so on for each type, so that a busy server says it a few times in its life.
pub(crate) fn in_error<E>(error: &(dyn Error + 'static)) -> Reason {
    classify::classify(error).unwrap_or_else(|| {
        say(type_name::<E>(), error);
        Reason::Other
    })
}

/// The reason in an error that became a text on its way. Nobody knows what such a text holds, so none is ever said.
pub(crate) fn in_text(text: &str) -> Reason {
    classify::said(text).unwrap_or(Reason::Other)
}

fn say(name: &'static str, error: &(dyn Error + 'static)) {
    let times = seen(name);
    if is_due(times) {
        let inside = Chain(error);
        tracing::warn!(target: "fedimetrics_core", error_type = name, %inside, times, "no reason is known for an error");
    }
}

/// Once more: how often by now.
fn seen(name: &'static str) -> u64 {
    let slot = SEEN
        .iter()
        .find(|(slot, _)| *slot.get_or_init(|| name) == name)
        .or(SEEN.last());
    slot.map_or(0, |(_, times)| times.fetch_add(1, Ordering::Relaxed) + 1)
}

/// Whether this is a power of sixteen.
const fn is_due(times: u64) -> bool {
    times.is_power_of_two() && times.trailing_zeros() % 4 == 0
}

/// Types of `std` that errors end in.
const STD: &[client::Named] = &[
    ("std::fmt::Error", |error| error.is::<fmt::Error>()),
    ("std::str::Utf8Error", |error| {
        error.is::<std::str::Utf8Error>()
    }),
    ("std::string::FromUtf8Error", |error| {
        error.is::<std::string::FromUtf8Error>()
    }),
    ("std::num::ParseIntError", |error| {
        error.is::<std::num::ParseIntError>()
    }),
    ("std::num::TryFromIntError", |error| {
        error.is::<std::num::TryFromIntError>()
    }),
    ("std::net::AddrParseError", |error| {
        error.is::<std::net::AddrParseError>()
    }),
    ("std::time::SystemTimeError", |error| {
        error.is::<std::time::SystemTimeError>()
    }),
];

/// An error and all that it wraps, by the types that can be known: `reqwest::Error > ? > std::io::Error(Other)`.
struct Chain<'a>(&'a (dyn Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut next = Some(self.0);
        for depth in 0..DEPTH {
            let Some(error) = next else { break };
            if depth > 0 {
                f.write_str(" > ")?;
            }
            next = error.source();
            if let Some(io) = error.downcast_ref::<io::Error>() {
                write!(f, "std::io::Error({:?})", io.kind())?;
                // `source()` skips the very error that is wrapped.
                next = io
                    .get_ref()
                    .map(|wrapped| wrapped as &(dyn Error + 'static));
                continue;
            }
            let known = STD.iter().find(|(_, is)| is(error)).map(|(name, _)| *name);
            f.write_str(known.or_else(|| client::name(error)).unwrap_or("?"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_is_said_a_few_times_in_a_servers_life() {
        let due: Vec<_> = (1..=100_000).filter(|times| is_due(*times)).collect();
        assert_eq!(due, [1, 16, 256, 4096, 65_536]);
    }

    #[test]
    fn types_are_named_and_texts_are_not() {
        let secret = || io::Error::other("-----BEGIN PRIVATE KEY-----");
        let chain = Chain(&secret()).to_string();
        assert_eq!(chain, "std::io::Error(Other) > ?");
        let number = io::Error::other("x".parse::<u8>().unwrap_err());
        let chain = Chain(&number).to_string();
        assert_eq!(chain, "std::io::Error(Other) > std::num::ParseIntError");
    }
}
