//! Host: a remote server's name, as a stranger gave it and cut to what can be kept.

use std::fmt;
use std::sync::Arc;

/// No name in the DNS is longer.
const LONGEST: usize = 253;

/// Nearly every host of the fediverse has less, and costs no allocation.
const SHORT: usize = 46;

/// What is looked at to find the host in an address.
const LOOKED_AT: usize = 2048;

/// A remote server's name: in lower case, without the root's dot, cut at 253 bytes. An address counts as its host, with
/// its port.
#[derive(Clone)]
pub(crate) struct Host(Text);

#[derive(Clone)]
enum Text {
    Short([u8; SHORT], u8),
    Long(Arc<str>),
}

impl Host {
    /// `None` where there is no name in it.
    pub(crate) fn of(given: &str) -> Option<Self> {
        let name = prefix(named(prefix(given, LOOKED_AT)), LONGEST);
        if name.is_empty() {
            return None;
        }
        let mut bytes = [0; SHORT];
        let text = match bytes.get_mut(..name.len()) {
            Some(room) => {
                room.copy_from_slice(name.as_bytes());
                room.make_ascii_lowercase();
                Text::Short(bytes, name.len() as u8)
            }
            None => Text::Long(name.to_ascii_lowercase().into()),
        };
        Some(Self(text))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Text::Short(bytes, len) => bytes.get(..usize::from(*len)).unwrap_or_default(),
            Text::Long(text) => text.as_bytes(),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        match &self.0 {
            Text::Short(..) => std::str::from_utf8(self.as_bytes()).unwrap_or_default(),
            Text::Long(text) => text,
        }
    }
}

/// The host in an address, and a host as it is.
fn named(given: &str) -> &str {
    let is_address = given
        .bytes()
        .any(|byte| matches!(byte, b'/' | b'?' | b'#' | b'@'));
    // Usually it is none, and to look for the parts of one takes longer than all else that a delivery does.
    let name = if is_address { host(given) } else { given };
    let name = name.trim();
    name.strip_suffix('.').unwrap_or(name)
}

fn host(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = rest.get(..end).unwrap_or_default();
    authority
        .rsplit_once('@')
        .map_or(authority, |(_, name)| name)
}

/// At most so many bytes, and no half character.
fn prefix(text: &str, at_most: usize) -> &str {
    let mut end = text.len().min(at_most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(given: &str) -> Option<String> {
        Host::of(given).map(|host| host.as_str().to_owned())
    }

    #[test]
    fn one_server_has_one_name_however_it_is_written() {
        for given in [
            "big.example",
            "BIG.example.",
            "https://big.example/users/alice/inbox",
            "https://user:secret@big.example?x#y",
            " big.example\n",
        ] {
            assert_eq!(name(given).as_deref(), Some("big.example"), "{given:?}");
        }
        assert_eq!(name("http://[::1]:8080/i").as_deref(), Some("[::1]:8080"));
        assert_eq!(name("/inbox"), None);
        assert_eq!(name(""), None);
    }

    #[test]
    fn what_is_too_long_is_cut_between_characters() {
        let cut = name(&"ä".repeat(600_000)).unwrap();
        assert_eq!(cut.len(), 252);
        assert!(cut.chars().all(|c| c == 'ä'));
        for len in [SHORT - 1, SHORT, SHORT + 1, LONGEST, LONGEST + 1] {
            let given = "x".repeat(len);
            assert_eq!(name(&given).unwrap(), given[..len.min(LONGEST)]);
        }
    }
}
