//! Failing: the servers with the most failures in a row, by name.

use std::time::SystemTime;

use fedimetrics_core::Reason;

use super::entry::{Entry, Second};
use super::host::Host;
use crate::labels::Standing;

/// How many are listed unless the host says otherwise.
pub(super) const AT_MOST: usize = 50;

/// A remote server that deliveries to fail, as [`Targets::failing`](crate::Targets::failing) lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailingTarget {
    /// Its name, as whoever runs it chose it: show it, and trust nothing in it.
    pub target: String,
    /// Why its latest delivery failed.
    pub reason: Reason,
    /// Whether that will be tried again, or is lost.
    pub standing: Standing,
    /// How many have failed in a row. Exact, for what this process has seen.
    pub failures: u32,
    /// When the first of them did.
    pub since: SystemTime,
    /// When the latest of them did.
    pub last: SystemTime,
}

/// The servers with the most failures in a row. Their counts are exact, since the table knows them; only the names of
/// these are kept.
#[derive(Debug)]
pub(super) struct Failing {
    at_most: usize,
    listed: Vec<Listed>,
}

#[derive(Clone, Debug)]
pub(super) struct Listed {
    hash: u64,
    pub(super) host: Host,
    pub(super) entry: Entry,
}

impl Default for Failing {
    fn default() -> Self {
        Self {
            at_most: AT_MOST,
            listed: Vec::new(),
        }
    }
}

impl Failing {
    pub(super) fn list(&mut self, at_most: usize) {
        self.at_most = at_most;
    }

    /// It failed once more. Who is not listed takes the place of the one with the fewest failures, if it has more.
    pub(super) fn failed(&mut self, hash: u64, host: &Host, entry: Entry, now: Second) {
        if let Some(known) = self.listed.iter_mut().find(|listed| listed.hash == hash) {
            known.entry = entry;
            return;
        }
        let listed = || Listed {
            hash,
            host: host.clone(),
            entry,
        };
        if self.listed.len() < self.at_most {
            self.listed.push(listed());
            return;
        }
        let least = self.listed.iter_mut().min_by_key(|listed| {
            let known = &listed.entry;
            // Who is forgotten by now has none.
            (
                if known.is_expired(now) {
                    0
                } else {
                    known.failures
                },
                known.last,
            )
        });
        if let Some(least) = least {
            if least.entry.is_expired(now) || least.entry.failures < entry.failures {
                *least = listed();
            }
        }
    }

    /// Its row of failures ended.
    pub(super) fn delivered(&mut self, hash: u64) {
        self.listed.retain(|listed| listed.hash != hash);
    }

    /// Its latest failure will not be tried again.
    pub(super) fn gave_up(&mut self, hash: u64) {
        if let Some(known) = self.listed.iter_mut().find(|listed| listed.hash == hash) {
            known.entry.standing = Standing::GivenUp;
        }
    }

    /// Those that are not forgotten, most failures first.
    pub(super) fn read(&self, now: Second) -> Vec<Listed> {
        let mut read = self.listed.clone();
        read.retain(|listed| !listed.entry.is_expired(now));
        read.sort_by(|one, other| {
            let (a, b) = (&one.entry, &other.entry);
            (b.failures.cmp(&a.failures))
                .then(a.since.cmp(&b.since))
                .then_with(|| one.host.as_bytes().cmp(other.host.as_bytes()))
        });
        read.truncate(self.at_most);
        read
    }
}
