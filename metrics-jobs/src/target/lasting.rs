//! Lasting: the few servers that have failed for long enough to have a series each.

use super::entry::{DAY, Entry, Second};
use super::host::Host;

/// More are not shown: those that have failed for longest are.
const AT_MOST: usize = 50;

/// Who fails for this long enters.
const ENTERS: Second = 3600;

/// Who has not failed for this long leaves.
const LEAVES: Second = DAY;

/// The few servers that have failed for long. One that delivers now and then stays: a line that comes and goes with each
/// attempt tells nobody anything.
#[derive(Debug, Default)]
pub(super) struct Lasting {
    asked_for: bool,
    listed: Vec<Listed>,
}

#[derive(Debug)]
pub(super) struct Listed {
    hash: u64,
    pub(super) host: Host,
    pub(super) since: Second,
    pub(super) reason: u16,
    failed: Second,
}

impl Lasting {
    pub(super) fn ask_for(&mut self) {
        self.asked_for = true;
    }

    /// It failed once more.
    pub(super) fn failed(&mut self, hash: u64, host: &Host, entry: &Entry, now: Second) {
        if !self.asked_for {
            return;
        }
        if let Some(known) = self.listed.iter_mut().find(|listed| listed.hash == hash) {
            if now.saturating_sub(known.failed) < LEAVES {
                known.since = known.since.min(entry.since);
            } else {
                known.since = entry.since;
            }
            (known.failed, known.reason) = (now, entry.reason);
            return;
        }
        if now.saturating_sub(entry.since) < ENTERS {
            return;
        }
        self.listed
            .retain(|listed| now.saturating_sub(listed.failed) < LEAVES);
        let listed = Listed {
            hash,
            host: host.clone(),
            since: entry.since,
            reason: entry.reason,
            failed: now,
        };
        if self.listed.len() < AT_MOST {
            self.listed.push(listed);
            return;
        }
        let youngest = self.listed.iter_mut().max_by_key(|known| known.since);
        if let Some(youngest) = youngest.filter(|youngest| listed.since < youngest.since) {
            *youngest = listed;
        }
    }

    /// Those that have failed within a day, and for an hour.
    pub(super) fn read(&self, now: Second) -> impl Iterator<Item = &Listed> {
        self.listed.iter().filter(move |listed| {
            now.saturating_sub(listed.failed) < LEAVES && now.saturating_sub(listed.since) >= ENTERS
        })
    }
}
