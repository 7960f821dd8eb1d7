//! Names: the few servers that a host wants to see by name.

use fedimetrics_core::OTHER;

use super::host::Host;

/// Six series each: more than these would be a list of the fediverse.
const AT_MOST: usize = 128;

/// The few servers that a host wants to see by name; all others are one.
#[derive(Debug)]
pub(crate) struct Names(Box<[Host]>);

impl Names {
    /// Sorted, each once.
    pub(crate) fn of(names: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let mut names: Vec<_> = names
            .into_iter()
            .filter_map(|name| Host::of(name.as_ref()))
            .collect();
        names.sort_unstable_by(|one, other| one.as_bytes().cmp(other.as_bytes()));
        names.dedup_by(|one, other| one.as_bytes() == other.as_bytes());
        names.truncate(AT_MOST);
        Self(names.into_boxed_slice())
    }

    /// The label values. The last one is for those that are not in the list.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(Host::as_str).chain([OTHER])
    }

    /// Its place among the words.
    pub(super) fn place(&self, host: Option<&Host>) -> usize {
        host.and_then(|host| {
            self.0
                .binary_search_by(|name| name.as_bytes().cmp(host.as_bytes()))
                .ok()
        })
        .unwrap_or(self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_in_the_list_is_one() {
        let few = Names::of(["Big.example", "relay.example.", "big.example", ""]);
        let words: Vec<_> = few.words().collect();
        assert_eq!(words, ["big.example", "relay.example", OTHER]);
        for (host, place) in [("BIG.EXAMPLE.", 0), ("relay.example", 1), ("x.example", 2)] {
            assert_eq!(few.place(Host::of(host).as_ref()), place, "{host}");
        }
        assert_eq!(few.place(None), 2);
    }

    #[test]
    fn a_list_of_the_whole_fediverse_is_cut() {
        let all = Names::of((0..30_000).map(|n| format!("h{n}.example")));
        assert_eq!(all.words().count(), AT_MOST + 1);
    }
}
