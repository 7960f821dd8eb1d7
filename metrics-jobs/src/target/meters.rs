//! TargetMeters: a delivery job's part in what is told of remote servers.

use std::sync::{Arc, OnceLock};

use fedimetrics_core::Reason;
use metrics::Counter;

use super::host::Host;
use super::names::Names;
use super::table::Table;
use crate::catalogue;
use crate::labels::Outcome;
use crate::meters::{OUTCOMES, by_outcome};
use crate::source::Source;

/// A delivery job's part in what is told of remote servers.
#[derive(Debug)]
pub(crate) struct TargetMeters {
    source: Source,
    table: Arc<Table>,
    untracked: Counter,
    named: OnceLock<Vec<[Counter; OUTCOMES]>>,
}

impl TargetMeters {
    /// `None` where nothing is recorded.
    pub(crate) fn resolve(source: &Source) -> Option<Self> {
        Some(Self {
            table: source.companion()?,
            untracked: source.counter(&catalogue::TARGETS_UNTRACKED, &[]),
            named: OnceLock::new(),
            source: source.clone(),
        })
    }

    /// One delivery ended.
    #[inline]
    pub(crate) fn ended(&self, host: Option<&Host>, outcome: Outcome, reason: Reason) {
        if host.is_some() || self.table.names().is_some() {
            self.ended_there(host, outcome, reason);
        }
    }

    fn ended_there(&self, host: Option<&Host>, outcome: Outcome, reason: Reason) {
        if let Some(host) = host {
            if !self.table.ended(host, outcome, reason, self.table.now()) {
                self.untracked.increment(1);
            }
        }
        let Some(names) = self.table.names() else {
            return;
        };
        let named = self.named.get_or_init(|| by_name(names, &self.source));
        let counter = named
            .get(names.place(host))
            .and_then(|by_outcome| by_outcome.get(outcome.index()));
        if let Some(counter) = counter {
            counter.increment(1);
        }
    }

    /// A delivery that had failed will not be tried again.
    pub(crate) fn gave_up(&self, host: &Host) {
        self.table.gave_up(host);
    }
}

/// One counter for each name and outcome, at 0.
pub(crate) fn by_name(names: &Names, source: &Source) -> Vec<[Counter; OUTCOMES]> {
    let words = names.words().map(|word| {
        by_outcome(|outcome| source.counter(&catalogue::TARGET_ATTEMPTS, &[word, outcome.as_str()]))
    });
    words.collect()
}
