//! Given: what a task carries from where it was enqueued to where it runs.

use std::convert::Infallible;
use std::time::{Duration, SystemTime};

use apalis_core::task::ExecutionContext;
use apalis_core::task::metadata::{Metadata, MetadataStore};

use crate::attempt::Attempt;

use super::layer::Settings;

const ENQUEUED_AT: &str = "fedimetrics.enqueued_at";
const PUBLISHED_AT: &str = "fedimetrics.published_at";
const INBOXES: &str = "fedimetrics.inboxes";

/// What a task carries from where it was enqueued to where it runs, in milliseconds since 1970. Nothing, if it came in
/// another way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) enqueued_at: Option<SystemTime>,
    pub(super) published_at: Option<SystemTime>,
    pub(super) inboxes: Option<u64>,
}

impl Given {
    fn of(metadata: &MetadataStore) -> Self {
        if metadata.is_empty() {
            return Self::default();
        }
        Self {
            enqueued_at: time(metadata, ENQUEUED_AT),
            published_at: time(metadata, PUBLISHED_AT),
            inboxes: number(metadata, INBOXES),
        }
    }
}

impl Metadata for Given {
    type Error = Infallible;

    fn extract(store: &MetadataStore) -> Result<Self, Infallible> {
        Ok(Self::of(store))
    }

    fn inject(&self, map: &mut MetadataStore) -> Result<(), Infallible> {
        let times = [
            (ENQUEUED_AT, self.enqueued_at.map(millis)),
            (PUBLISHED_AT, self.published_at.map(millis)),
            (INBOXES, self.inboxes),
        ];
        for (key, number) in times {
            if let Some(number) = number {
                map.replace(key, number.to_string());
            }
        }
        Ok(())
    }
}

/// What is known of an attempt before it begins. apalis counts it when it does, so that it says one less until then.
pub(super) fn attempt(context: &ExecutionContext, settings: &Settings) -> Attempt {
    let before = context.attempt();
    let given = Given::of(context.metadata());
    let mut attempt = Attempt::number(small(before.saturating_add(1)));
    if let Some(max) = settings.rule.at_most(context) {
        attempt = attempt.of(small(max));
    }
    if let Some(then) = given.enqueued_at {
        attempt = attempt.created_at(then);
    }
    if let Some(then) = given.published_at {
        attempt = attempt.published_at(then);
    }
    // A retry moves no `run_at`, and settles we do not know how many inboxes.
    if before == 0 {
        let run_at = context.run_at().map(Duration::from_secs);
        let run_at = run_at.and_then(|since| SystemTime::UNIX_EPOCH.checked_add(since));
        // Whole seconds: of a task that may run at once, it is up to one too early.
        if let Some(then) = given.enqueued_at.max(run_at) {
            attempt = attempt.available_at(then);
        }
        if let Some(inboxes) = given.inboxes.filter(|_| settings.many) {
            attempt = attempt.inboxes(inboxes);
        }
    }
    attempt
}

pub(super) fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn millis(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH);
    u64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(u64::MAX)
}

fn time(metadata: &MetadataStore, key: &str) -> Option<SystemTime> {
    let since = Duration::from_millis(number(metadata, key)?);
    SystemTime::UNIX_EPOCH.checked_add(since)
}

fn number(metadata: &MetadataStore, key: &str) -> Option<u64> {
    metadata.get(key)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_given_is_found_again() {
        let given = Given {
            enqueued_at: Some(SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_123)),
            published_at: None,
            inboxes: Some(7),
        };
        let mut store = MetadataStore::new();
        given.inject(&mut store).unwrap();
        assert_eq!(Given::of(&store), given);
    }

    #[test]
    fn what_is_no_number_was_not_given() {
        let mut store = MetadataStore::new();
        store.replace(ENQUEUED_AT, "yesterday");
        store.replace(PUBLISHED_AT, u64::MAX.to_string());
        store.replace(INBOXES, "-1");
        let given = Given::of(&store);
        assert_eq!((given.enqueued_at, given.inboxes), (None, None));
        // Further off than a clock can say, or than it can be.
        let _either = given.published_at;
    }
}
