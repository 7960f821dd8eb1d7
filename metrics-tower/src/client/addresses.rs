//! Addresses: the few servers that a host wants to see by name.

use std::fmt;

use fedimetrics_core::OTHER;

/// More names than these would be folded by the recorder: an open label has as many values.
const AT_MOST: usize = 512;

/// The few servers that a host wants to see by name; all others are one. Empty: none is named at all.
#[derive(Clone, Default)]
pub(super) struct Addresses {
    /// In lower case, sorted, each once.
    names: Box<[Box<str>]>,
}

/// The place of one server in the list. The first is for those that are not in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Address(u16);

impl Addresses {
    pub(super) fn of(names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let names = names.into_iter().map(Into::into);
        let mut names: Vec<Box<str>> = names
            .map(|name| rooted(&name).to_ascii_lowercase().into_boxed_str())
            .filter(|name| !name.is_empty())
            .collect();
        names.sort_unstable();
        names.dedup();
        names.truncate(AT_MOST);
        Self {
            names: names.into_boxed_slice(),
        }
    }

    /// How many places there are.
    pub(super) const fn places(&self) -> usize {
        self.names.len() + 1
    }

    /// Compares as names are compared: whatever the case, with or without the root's dot.
    pub(super) fn find(&self, host: Option<&str>) -> Address {
        let host = rooted(host.unwrap_or_default());
        let found = self.names.binary_search_by(|name| {
            name.bytes()
                .cmp(host.bytes().map(|byte| byte.to_ascii_lowercase()))
        });
        Address(found.map_or(0, |place| place as u16 + 1))
    }

    /// The label value.
    pub(super) fn text(&self, address: Address) -> &str {
        let rest = if self.names.is_empty() { "" } else { OTHER };
        let named = address.index().checked_sub(1);
        named
            .and_then(|place| self.names.get(place))
            .map_or(rest, |name| name)
    }
}

impl Address {
    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }
}

fn rooted(host: &str) -> &str {
    host.strip_suffix('.').unwrap_or(host)
}

impl fmt::Debug for Addresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(&self.names).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_in_the_list_is_one() {
        let few = Addresses::of(["Big.example", "relay.example.", "big.example", ""]);
        assert_eq!(few.places(), 3);
        for (host, text) in [
            (Some("big.example"), "big.example"),
            (Some("BIG.EXAMPLE."), "big.example"),
            (Some("relay.example"), "relay.example"),
            (Some("x.big.example"), "_other"),
            (Some(""), "_other"),
            (None, "_other"),
        ] {
            assert_eq!(few.text(few.find(host)), text, "{host:?}");
        }
    }

    #[test]
    fn without_a_list_there_is_no_name() {
        let none = Addresses::default();
        assert_eq!(none.text(none.find(Some("big.example"))), "");
        assert_eq!(none.places(), 1);
    }

    #[test]
    fn a_list_of_the_whole_fediverse_is_cut() {
        let all = Addresses::of((0..30_000).map(|n| format!("h{n}.example")));
        assert_eq!(all.places(), AT_MOST + 1);
    }
}
