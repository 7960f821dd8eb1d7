//! `/proc/self/io`: what went to storage and came from it.

/// Bytes of storage, not those that the page cache had or took.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Io {
    pub(super) read: u64,
    pub(super) written: u64,
}

impl Io {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let find = |key| {
            let value = text.lines().find_map(|line| line.strip_prefix(key))?;
            value.trim().parse().ok()
        };
        Some(Self {
            read: find("read_bytes:")?,
            written: find("write_bytes:")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_cancelled_is_not_taken_for_what_was_written() {
        let text = "rchar: 9\nwchar: 8\nsyscr: 1\nsyscw: 1\nread_bytes: 4096\nwrite_bytes: 8192\ncancelled_write_bytes: 5\n";
        assert_eq!(
            Io::parse(text),
            Some(Io {
                read: 4096,
                written: 8192
            })
        );
        assert_eq!(Io::parse("rchar: 9\nwchar: 8\n"), None);
    }
}
