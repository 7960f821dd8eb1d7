//! Peers: the remote servers that a host delivers to, and how late each is.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use fedimetrics_core::{Collector, Samples, Watch, Watching};
use quanta::Instant;

use crate::catalogue;
use crate::labels::PeerState;
use crate::readings::FRESH;

/// What is told of how late they are: the label `stat`.
pub(crate) const STATS: &[&str] = &["median", "p90", "max"];

/// One remote server that the host delivers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// How it does.
    pub state: PeerState,
    /// How long ago the first activity was published that it has not got; `None` where nobody knows. Zero where it has
    /// all.
    pub lag: Option<Duration>,
}

/// The remote servers of a host that has a worker for each of them, as Lemmy does, or that knows of each what it has not got
/// yet: usually a `static`.
///
/// Where each has a worker, how many jobs wait says little. One call tells of all of them at once: how many there are by state, and how
/// late they are. Is the median late, it is us; is only the maximum, it is them. Dead ones have no part in
/// that: they fall behind for ever.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use fedimetrics_core::Exporter;
/// use fedimetrics_jobs::{Peer, PeerState, Peers};
///
/// static PEERS: Peers = Peers::new("federation_out", Duration::from_secs(60));
///
/// let exporter = Exporter::builder().watch(&PEERS).build()?;
/// let peer = |state, seconds| Peer { state, lag: Some(Duration::from_secs(seconds)) };
/// PEERS.report([
///     peer(PeerState::Current, 0),
///     peer(PeerState::Current, 2),
///     peer(PeerState::Failing, 7200),
/// ]);
///
/// let text = exporter.render();
/// assert!(text.contains(r#"delivery_peers{queue="federation_out",state="current"} 2"#));
/// assert!(text.contains(r#"delivery_peer_lag_seconds{queue="federation_out",stat="median"} 2"#));
/// assert!(text.contains(r#"delivery_peer_lag_seconds{queue="federation_out",stat="max"} 7200"#));
///
/// PEERS.unknown(); // the table could not be read
/// assert!(!exporter.render().contains("delivery_peers{"));
/// # Ok::<(), fedimetrics_core::Error>(())
/// ```
pub struct Peers {
    queue: Cow<'static, str>,
    interval: Duration,
    last: OnceLock<Arc<Last>>,
}

impl Peers {
    /// The servers that this queue delivers to, to be reported this often, from one process.
    #[must_use]
    pub const fn new(queue: &'static str, interval: Duration) -> Self {
        Self {
            queue: Cow::Borrowed(queue),
            interval,
            last: OnceLock::new(),
        }
    }

    /// The same for a queue whose name is only known at run time.
    #[must_use]
    pub fn named(queue: impl Into<Cow<'static, str>>, interval: Duration) -> Self {
        Self {
            queue: queue.into(),
            interval,
            last: OnceLock::new(),
        }
    }

    /// Tells of all of them. It is shown for three intervals at most; then it is absent.
    pub fn report(&self, peers: impl IntoIterator<Item = Peer>) {
        let report = Report::of(peers);
        *self.last().report() = Some((report, Instant::now()));
    }

    /// Says that nobody knows: absent until the next report.
    pub fn unknown(&self) {
        *self.last().report() = None;
    }

    fn last(&self) -> &Arc<Last> {
        self.last.get_or_init(|| {
            Arc::new(Last {
                queue: (&*self.queue).into(),
                interval: self.interval,
                report: Mutex::default(),
            })
        })
    }
}

impl Watch for Peers {
    fn watch(&self, watching: &mut Watching) {
        watching.describe(catalogue::ALL);
        watching.collect(self.last().clone());
    }
}

impl fmt::Debug for Peers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Peers")
            .field("queue", &self.queue)
            .field("interval", &self.interval)
            .finish_non_exhaustive()
    }
}

/// The latest report.
struct Last {
    queue: Box<str>,
    interval: Duration,
    report: Mutex<Option<(Report, Instant)>>,
}

#[derive(Clone, Copy)]
struct Report {
    /// In the order of the states.
    states: [u64; PeerState::ALL.len()],
    /// In the order of the stats; `None` where nobody's is known.
    lags: Option<[Duration; STATS.len()]>,
}

impl Report {
    fn of(peers: impl IntoIterator<Item = Peer>) -> Self {
        let mut states = [0; PeerState::ALL.len()];
        let mut lags = Vec::new();
        for peer in peers {
            states[peer.state as usize] += 1;
            if peer.state != PeerState::Dead {
                lags.extend(peer.lag);
            }
        }
        lags.sort_unstable();
        // The nearest rank: a lag that some server really has.
        let rank = |percent: usize| lags.get((lags.len() * percent).div_ceil(100).max(1) - 1);
        let lags = match (rank(50), rank(90), rank(100)) {
            (Some(median), Some(p90), Some(max)) => Some([*median, *p90, *max]),
            _ => None,
        };
        Self { states, lags }
    }
}

impl Last {
    fn show(&self, samples: &mut Samples, now: Instant) {
        let queue = &*self.queue;
        let fresh = self
            .report()
            .filter(|(_, at)| now.duration_since(*at) <= self.interval * FRESH);
        let Some((report, _)) = fresh else {
            return;
        };
        for (state, count) in PeerState::ALL.iter().zip(report.states) {
            samples.add(&catalogue::PEERS, &[queue, state.as_str()], count as f64);
        }
        for (stat, lag) in STATS.iter().zip(report.lags.into_iter().flatten()) {
            samples.add(&catalogue::PEER_LAG, &[queue, stat], lag.as_secs_f64());
        }
    }

    /// Held to put a report there, and to take a copy.
    fn report(&self) -> MutexGuard<'_, Option<(Report, Instant)>> {
        self.report.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Collector for Last {
    fn name(&self) -> &'static str {
        "peers"
    }

    fn collect(&self, samples: &mut Samples) {
        self.show(samples, Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use fedimetrics_core::Exporter;
    use fedimetrics_core::testing::Scrape;

    use super::*;

    /// Shows a report as it will look after some time.
    struct Later(Arc<Last>, Duration);

    impl Collector for Later {
        fn name(&self) -> &'static str {
            "later"
        }
        fn collect(&self, samples: &mut Samples) {
            self.0.show(samples, Instant::now() + self.1);
        }
    }

    fn after(peers: &Peers, seconds: u64) -> Scrape {
        let later = Later(peers.last().clone(), Duration::from_secs(seconds));
        Scrape::of(&Exporter::builder().collect(later).build().unwrap())
    }

    fn peer(state: PeerState, seconds: Option<u64>) -> Peer {
        let lag = seconds.map(Duration::from_secs);
        Peer { state, lag }
    }

    #[test]
    fn a_report_is_shown_for_three_intervals_and_then_absent() {
        let peers = Peers::new("federation_out", Duration::from_secs(60));
        assert!(!after(&peers, 0).has("delivery_peers"), "nobody reported");
        peers.report([peer(PeerState::Behind, Some(90))]);
        let fresh = after(&peers, 170);
        assert_eq!(
            fresh.value("delivery_peers", &[("state", "behind")]),
            Some(1.0)
        );
        assert_eq!(
            fresh.value("delivery_peers", &[("state", "dead")]),
            Some(0.0)
        );
        let stale = after(&peers, 190);
        assert!(!stale.has("delivery_peers") && !stale.has("delivery_peer_lag_seconds"));
    }

    #[test]
    fn the_dead_are_not_late_and_one_straggler_moves_only_the_maximum() {
        let peers = Peers::named(String::from("out"), Duration::from_secs(60));
        let all = (0..100).map(|n| peer(PeerState::Current, Some(if n == 99 { 9000 } else { n })));
        peers.report(all.chain([
            peer(PeerState::Dead, Some(1_000_000)),
            peer(PeerState::Failing, None),
        ]));
        let scrape = after(&peers, 0);
        for (stat, seconds) in [("median", 49.0), ("p90", 89.0), ("max", 9000.0)] {
            let lag = scrape.value("delivery_peer_lag_seconds", &[("stat", stat)]);
            assert_eq!(lag, Some(seconds), "{stat}");
        }
    }

    #[test]
    fn without_peers_there_are_none_and_no_lag() {
        let peers = Peers::new("out", Duration::from_secs(60));
        peers.report([]);
        let scrape = after(&peers, 0);
        assert_eq!(
            scrape.value("delivery_peers", &[("state", "current")]),
            Some(0.0)
        );
        assert!(!scrape.has("delivery_peer_lag_seconds"));
    }
}
