//! Readings: what was last read of a queue, and whether it can still be believed.

use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use fedimetrics_core::{Collector, Samples};
use quanta::Instant;

use crate::catalogue;
use crate::labels::State;

/// A reading is believed for this many intervals: one may fail and one may be late.
pub(crate) const FRESH: u32 = 3;

/// How many jobs a queue holds, by what they wait for. What a queue does not have is 0.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use fedimetrics_jobs::Depth;
///
/// let depth = Depth { ready: 12, oldest_ready_age: Some(Duration::from_secs(3)), ..Depth::default() };
/// assert_eq!(depth.retrying, 0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    /// Could run now.
    pub ready: u64,
    /// Wait for their time.
    pub scheduled: u64,
    /// Wait for their next try, after a failure.
    pub retrying: u64,
    /// Are being worked on.
    pub running: u64,
    /// Out of retries, and kept.
    pub dead: u64,
    /// How long the oldest that could run has waited. `None` when none waits, and shown as 0; or when some wait and
    /// nobody knows for how long, and absent then.
    pub oldest_ready_age: Option<Duration>,
}

impl Depth {
    const fn of(&self, state: State) -> u64 {
        match state {
            State::Ready => self.ready,
            State::Scheduled => self.scheduled,
            State::Retrying => self.retrying,
            State::Running => self.running,
            State::Dead => self.dead,
        }
    }
}

/// What was last read of a queue. A depth that cannot be believed is not shown: never 0, never the last one for ever.
#[derive(Debug)]
pub(crate) struct Readings {
    queue: Box<str>,
    interval: Duration,
    /// Whether a probe of this process reads it: whoever swaps this to true, until it is false again.
    pub(crate) probed: AtomicBool,
    last: Mutex<Last>,
}

#[derive(Debug, Default)]
struct Last {
    /// `None` before the first reading, and after one that failed.
    depth: Option<(Depth, Instant)>,
    took: Option<Duration>,
    succeeded_at: Duration,
}

impl Readings {
    pub(crate) fn new(queue: &str, interval: Duration) -> Self {
        Self {
            queue: queue.into(),
            interval,
            probed: AtomicBool::new(false),
            last: Mutex::default(),
        }
    }

    pub(crate) fn succeeded(&self, depth: Depth, took: Duration) {
        let unix = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let mut last = self.last();
        last.depth = Some((depth, Instant::now()));
        last.took = Some(took);
        last.succeeded_at = unix.unwrap_or_default();
    }

    pub(crate) fn failed(&self, took: Option<Duration>) {
        let mut last = self.last();
        last.depth = None;
        last.took = took.or(last.took);
    }

    fn show(&self, samples: &mut Samples, now: Instant) {
        let queue = &*self.queue;
        let last = self.last();
        let fresh = last
            .depth
            .filter(|(_, read_at)| now.duration_since(*read_at) <= self.interval * FRESH);
        let succeeded = f64::from(u8::from(fresh.is_some()));
        samples.add(&catalogue::PROBE_SUCCESS, &[queue], succeeded);
        let succeeded_at = last.succeeded_at.as_secs_f64();
        samples.add(&catalogue::PROBE_LAST_SUCCESS, &[queue], succeeded_at);
        if let Some(took) = last.took {
            samples.add(&catalogue::PROBE_DURATION, &[queue], took.as_secs_f64());
        }
        let Some((depth, _)) = fresh else {
            return;
        };
        for state in State::ALL {
            let jobs = depth.of(*state) as f64;
            samples.add(&catalogue::QUEUE_DEPTH, &[queue, state.as_str()], jobs);
        }
        let none_waits = (depth.ready == 0).then_some(Duration::ZERO);
        if let Some(oldest) = depth.oldest_ready_age.or(none_waits) {
            samples.add(
                &catalogue::QUEUE_OLDEST_READY,
                &[queue],
                oldest.as_secs_f64(),
            );
        }
    }

    /// Held for a few instructions by the probe, and for one queue's lines by a scrape.
    fn last(&self) -> MutexGuard<'_, Last> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Collector for Readings {
    fn name(&self) -> &'static str {
        "queues"
    }

    fn collect(&self, samples: &mut Samples) {
        self.show(samples, Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use fedimetrics_core::Exporter;
    use fedimetrics_core::testing::Scrape;

    use super::*;

    /// Shows readings as they will look after some time.
    struct Later(Arc<Readings>, Duration);

    impl Collector for Later {
        fn name(&self) -> &'static str {
            "later"
        }
        fn collect(&self, samples: &mut Samples) {
            self.0.show(samples, Instant::now() + self.1);
        }
    }

    #[test]
    fn a_reading_is_shown_for_three_intervals_and_then_absent() {
        let readings = Arc::new(Readings::new("mail", Duration::from_secs(30)));
        let depth = Depth {
            retrying: 7,
            ..Depth::default()
        };
        readings.succeeded(depth, Duration::from_millis(4));
        let after = |seconds| {
            let later = Later(readings.clone(), Duration::from_secs(seconds));
            Scrape::of(&Exporter::builder().collect(later).build().unwrap())
        };
        let fresh = after(80);
        assert_eq!(
            fresh.value("job_queue_depth", &[("state", "retrying")]),
            Some(7.0)
        );
        assert_eq!(
            fresh.value("job_queue_oldest_ready_age_seconds", &[]),
            Some(0.0)
        );
        let stale = after(100);
        assert!(!stale.has("job_queue_depth"));
        assert!(!stale.has("job_queue_oldest_ready_age_seconds"));
        assert_eq!(stale.value("job_queue_probe_success", &[]), Some(0.0));
        assert_eq!(
            stale.value("job_queue_probe_last_success_timestamp_seconds", &[]),
            fresh.value("job_queue_probe_last_success_timestamp_seconds", &[])
        );
    }
}
