//! Table: who deliveries went to within a day, and how the latest of each ended.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

use fedimetrics_core::{Collector, Reason, Samples};
use quanta::Instant;

use super::entry::{Entry, Second};
use super::failing::{Failing, FailingTarget};
use super::host::Host;
use super::lasting::Lasting;
use super::names::Names;
use super::shard::Shard;
use crate::catalogue;
use crate::labels::{Outcome, Standing};

/// More servers than this are not told apart. The fediverse has about 30,000; measured, this many take 1.7 MB.
pub(super) const AT_MOST: usize = 50_000;

const SHARDS: usize = 16;

/// Who deliveries went to within a day: one for all delivery jobs of a recorder.
///
/// A server is the hash of its name, with a seed of this process's own, so that who chooses names cannot make them
/// collide. Names are kept of those few that are listed.
#[derive(Debug)]
pub(crate) struct Table {
    base: Instant,
    seed: RandomState,
    shards: [Mutex<Shard>; SHARDS],
    pub(super) known: AtomicUsize,
    /// Locked within a shard, so that of one server's deliveries both say the same.
    lists: Mutex<Lists>,
    names: OnceLock<Names>,
}

#[derive(Debug, Default)]
pub(super) struct Lists {
    pub(super) failing: Failing,
    pub(super) lasting: Lasting,
}

/// How many servers stand how, and why.
pub(crate) struct Standings {
    /// In the order of [`Standing::ALL`].
    pub(crate) by_standing: [usize; Standing::ALL.len()],
    pub(crate) by_reason: Vec<(Reason, usize)>,
}

/// Where one server is in it.
struct Place {
    hash: u64,
    /// Nothing is known of it.
    is_new: bool,
}

impl Default for Table {
    fn default() -> Self {
        Self {
            base: Instant::now(),
            seed: RandomState::new(),
            shards: Default::default(),
            known: AtomicUsize::new(0),
            lists: Mutex::default(),
            names: OnceLock::new(),
        }
    }
}

impl Table {
    pub(crate) fn list(&self, failing: usize) {
        self.lists().failing.list(failing);
    }

    pub(crate) fn show_lasting(&self) {
        self.lists().lasting.ask_for();
    }

    /// The first list stands.
    pub(crate) fn name(&self, names: impl FnOnce() -> Names) {
        self.names.get_or_init(names);
    }

    pub(crate) fn names(&self) -> Option<&Names> {
        self.names.get()
    }

    pub(crate) fn now(&self) -> Second {
        Second::try_from(self.base.elapsed().as_secs()).unwrap_or(Second::MAX)
    }

    /// One delivery ended. False if the server cannot be told apart from others, because the table is full.
    pub(crate) fn ended(&self, host: &Host, outcome: Outcome, reason: Reason, now: Second) -> bool {
        let Some(standing) = Standing::after(outcome) else {
            return true;
        };
        self.with(host, now, |table, entry, Place { hash, .. }| {
            if standing == Standing::Ok {
                if entry.delivered(now) {
                    table.lists().failing.delivered(hash);
                }
            } else {
                entry.failed(standing, place(reason), now);
                table.listed(hash, host, *entry, now);
            }
        })
    }

    /// A delivery that had failed will not be tried again.
    pub(crate) fn gave_up(&self, host: &Host) {
        let hash = self.hash(host);
        let mut shard = self.shard(hash);
        if let Some(entry) = shard.get(hash) {
            if entry.standing == Standing::Failing {
                entry.standing = Standing::GivenUp;
                self.lists().failing.gave_up(hash);
            }
        }
    }

    /// What an earlier process knew. What this one has seen meanwhile counts more.
    pub(crate) fn seed(&self, host: &Host, since: Second, reason: Reason, now: Second) -> bool {
        self.with(host, now, |table, entry, Place { hash, is_new }| {
            if is_new {
                entry.failed(Standing::Failing, place(reason), now);
            }
            if entry.failures > 0 {
                entry.since = entry.since.min(since);
                table.listed(hash, host, *entry, now);
            }
        })
    }

    /// Runs `change` on what is known of this server, made if there is room.
    fn with(
        &self,
        host: &Host,
        now: Second,
        change: impl FnOnce(&Self, &mut Entry, Place),
    ) -> bool {
        let hash = self.hash(host);
        let mut shard = self.shard(hash);
        if let Some(entry) = shard.get(hash) {
            let is_new = entry.is_expired(now);
            change(self, entry, Place { hash, is_new });
            return true;
        }
        if self.known.fetch_add(1, Ordering::Relaxed) >= AT_MOST {
            let forgotten = shard.make_room(now);
            self.known.fetch_sub(forgotten, Ordering::Relaxed);
            if forgotten == 0 {
                self.known.fetch_sub(1, Ordering::Relaxed);
                return false;
            }
        }
        let is_new = true;
        change(self, shard.insert(hash, now), Place { hash, is_new });
        true
    }

    fn listed(&self, hash: u64, host: &Host, entry: Entry, now: Second) {
        let mut lists = self.lists();
        lists.failing.failed(hash, host, entry, now);
        lists.lasting.failed(hash, host, &entry, now);
    }

    /// Counts them, and forgets who had no delivery for a day.
    pub(crate) fn standings(&self, now: Second) -> Standings {
        let mut by_standing = [0; Standing::ALL.len()];
        let mut by_reason: Vec<_> = Reason::all().map(|reason| (reason, 0)).collect();
        for shard in &self.shards {
            let forgotten = locked(shard).sweep(now, |entry| {
                by_standing[entry.standing as usize] += 1;
                if entry.standing != Standing::Ok {
                    if let Some(of_reason) = by_reason.get_mut(usize::from(entry.reason)) {
                        of_reason.1 += 1;
                    }
                }
            });
            self.known.fetch_sub(forgotten, Ordering::Relaxed);
        }
        by_reason.retain(|(_, count)| *count > 0);
        Standings {
            by_standing,
            by_reason,
        }
    }

    /// Those with the most failures in a row.
    pub(crate) fn failing(&self, now: Second) -> Vec<FailingTarget> {
        let (listed, today) = (self.lists().failing.read(now), SystemTime::now());
        let at = |second: Second| {
            let ago = Duration::from_secs(u64::from(now.abs_diff(second)));
            today.checked_sub(ago).unwrap_or(SystemTime::UNIX_EPOCH)
        };
        let shown = listed.into_iter().map(|listed| FailingTarget {
            target: listed.host.as_str().to_owned(),
            reason: reason(listed.entry.reason),
            standing: listed.entry.standing,
            failures: listed.entry.failures,
            since: at(listed.entry.since),
            last: at(listed.entry.last),
        });
        shown.collect()
    }

    pub(crate) fn show(&self, samples: &mut Samples, now: Second) {
        let standings = self.standings(now);
        for (standing, count) in Standing::ALL.iter().zip(standings.by_standing) {
            samples.add(&catalogue::TARGETS, &[standing.as_str()], count as f64);
        }
        for (reason, count) in standings.by_reason {
            let why = [reason.as_str(), reason.blame().as_str()];
            samples.add(&catalogue::FAILING_TARGETS, &why, count as f64);
        }
        for lasting in self.lists().lasting.read(now) {
            let values = [lasting.host.as_str(), reason(lasting.reason).as_str()];
            let seconds = f64::from(now.saturating_sub(lasting.since));
            samples.add(&catalogue::FAILING_TARGET_SINCE, &values, seconds);
        }
    }

    fn hash(&self, host: &Host) -> u64 {
        self.seed.hash_one(host.as_bytes())
    }

    /// By bits of the hash that a map of one shard makes no use of.
    fn shard(&self, hash: u64) -> MutexGuard<'_, Shard> {
        locked(&self.shards[(hash >> 48) as usize % SHARDS])
    }

    pub(super) fn lists(&self) -> MutexGuard<'_, Lists> {
        locked(&self.lists)
    }
}

/// Held for one server's entry, or for one walk over a sixteenth of them.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn place(reason: Reason) -> u16 {
    reason.index() as u16
}

fn reason(place: u16) -> Reason {
    let mut all = Reason::all();
    all.nth(usize::from(place)).unwrap_or(Reason::Other)
}

/// `delivery_targets`, `delivery_failing_targets` and `delivery_failing_target_since_seconds`.
impl Collector for Table {
    fn name(&self) -> &'static str {
        "deliveries"
    }

    fn collect(&self, samples: &mut Samples) {
        self.show(samples, self.now());
    }
}
