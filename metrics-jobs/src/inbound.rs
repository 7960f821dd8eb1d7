//! Inbound: what becomes of the activities that other servers send.

use std::fmt;
use std::sync::OnceLock;
use std::time::SystemTime;

use fedimetrics_core::{Exporter, Sink, Watch, Watching, is_noop};
use metrics::{Counter, Gauge, Histogram};

use crate::catalogue;
use crate::labels::Rejection;

/// What can become of one: the label `result`.
pub(crate) static RESULTS: [&str; Rejection::WORDS.len() + 1] = {
    let mut results = ["accepted"; Rejection::WORDS.len() + 1];
    let mut place = 0;
    while place < Rejection::WORDS.len() {
        results[place + 1] = Rejection::WORDS[place];
        place += 1;
    }
    results
};

/// What becomes of the activities that other servers send: usually a `static`, and told where that is decided.
///
/// It records to the recorder that is installed for the whole process, from the first use after that on; before, it
/// does nothing.
///
/// # Examples
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use fedimetrics_core::Exporter;
/// use fedimetrics_jobs::{Inbound, Rejection};
///
/// static INBOX: Inbound = Inbound::new();
///
/// let exporter = Exporter::builder().watch(&INBOX).install()?;
/// INBOX.accepted(SystemTime::now() - Duration::from_secs(40));
/// INBOX.rejected(Rejection::BadSignature);
///
/// let text = exporter.render();
/// assert!(text.contains(r#"federation_inbound_total{result="accepted"} 1"#));
/// assert!(text.contains(r#"federation_inbound_lag_seconds_bucket{le="60"} 1"#));
/// assert!(text.contains(r#"federation_inbound_total{result="malformed"} 0"#));
/// # Ok::<(), fedimetrics_core::Error>(())
/// ```
pub struct Inbound {
    sink: Sink,
    live: OnceLock<Meters>,
}

struct Meters {
    /// In the order of the results.
    results: Vec<Counter>,
    lag: Histogram,
    last_accepted: Gauge,
}

impl Inbound {
    /// What comes into this process.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            sink: Sink::global(),
            live: OnceLock::new(),
        }
    }

    /// The same, recording to this exporter and to no other.
    #[must_use]
    pub fn on(&self, exporter: &Exporter) -> Self {
        self.on_sink(exporter.sink())
    }

    /// The same, recording there.
    #[must_use]
    pub const fn on_sink(&self, sink: Sink) -> Self {
        Self {
            sink,
            live: OnceLock::new(),
        }
    }

    /// An activity was taken and stored. It says that it was published then; that the other server's clock is ahead of
    /// ours makes it no earlier than now.
    pub fn accepted(&self, published: impl Into<SystemTime>) {
        let now = SystemTime::now();
        let lag = now.duration_since(published.into()).unwrap_or_default();
        if let Some(meters) = self.meters() {
            meters.accepted(now);
            meters.lag.record(lag.as_secs_f64());
        }
    }

    /// The same for one that does not say when it was published.
    pub fn accepted_undated(&self) {
        if let Some(meters) = self.meters() {
            meters.accepted(SystemTime::now());
        }
    }

    /// An activity was not taken.
    pub fn rejected(&self, why: Rejection) {
        if let Some(meters) = self.meters() {
            meters.count(why as usize + 1);
        }
    }

    /// Handles that do nothing are never kept.
    fn meters(&self) -> Option<&Meters> {
        if let Some(live) = self.live.get() {
            return Some(live);
        }
        let last_accepted = self.sink.gauge(&catalogue::INBOUND_LAST_ACCEPTED, &[]);
        if is_noop(&last_accepted) {
            return None;
        }
        Some(self.live.get_or_init(|| Meters::resolve(&self.sink)))
    }
}

impl Meters {
    fn resolve(sink: &Sink) -> Self {
        let count = |result: &&str| sink.counter(&catalogue::INBOUND, &[result]);
        Self {
            results: RESULTS.iter().map(count).collect(),
            lag: sink.histogram(&catalogue::INBOUND_LAG, &[]),
            last_accepted: sink.gauge(&catalogue::INBOUND_LAST_ACCEPTED, &[]),
        }
    }

    fn accepted(&self, now: SystemTime) {
        self.count(0);
        let unix = now.duration_since(SystemTime::UNIX_EPOCH);
        self.last_accepted
            .set(unix.unwrap_or_default().as_secs_f64());
    }

    fn count(&self, place: usize) {
        if let Some(counter) = self.results.get(place) {
            counter.increment(1);
        }
    }
}

impl Default for Inbound {
    fn default() -> Self {
        Self::new()
    }
}

impl Watch for Inbound {
    fn watch(&self, watching: &mut Watching) {
        watching.describe(catalogue::ALL);
        let _declared = Meters::resolve(watching.sink());
    }
}

impl fmt::Debug for Inbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbound")
            .field("sink", &self.sink)
            .finish_non_exhaustive()
    }
}
