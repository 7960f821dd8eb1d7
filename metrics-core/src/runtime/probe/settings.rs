//! Probe: which runtimes are asked, and where the answers go.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ::tokio::runtime::Handle;

use super::probed::{Lanes, Probed};
use super::probing::Probing;
use crate::catalogue::{PROBE_AGE, SCHEDULE_DELAY};
use crate::collect::{Collector, Samples};
use crate::error::Error;
use crate::exporter::Exporter;
use crate::sink::Sink;
use crate::watch::{Watch, Watching};

/// Asks runtimes again and again how long a task waits for a worker: zero when all is well, like the BEAM's run queues.
///
/// A thread of its own sends a task to the workers every 200 ms and a call to the blocking pool every second, one at a
/// time. `tokio_schedule_delay_seconds` is how long each waited, `tokio_probe_age_seconds` how long the one has waited that
/// still waits: while a runtime is stalled it grows at every scrape. What tokio counts itself lags exactly then.
///
/// The exporter that [watches](crate::Builder::watch) it shows both from the first scrape on, the ages once it runs. A
/// runtime that ends is asked no more and its ages are absent. A runtime of one thread answers while somebody blocks on it.
/// Of the blocking pool one thread is always there then, for it is asked more often than idle ones are let go.
///
/// # Examples
///
/// ```
/// use fedimetrics_core::testing::Scrape;
/// use fedimetrics_core::{Exporter, Probe};
/// use tokio::runtime::Handle;
///
/// # tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap().block_on(async {
/// let probe = Probe::new("main", Handle::current());
/// let exporter = Exporter::builder().watch(&probe).build()?;
/// let probing = probe.on(&exporter).spawn()?; // leave `.on()` out where the exporter is installed
///
/// let pool = [("runtime", "main"), ("pool", "async")];
/// while Scrape::of(&exporter).value("tokio_schedule_delay_seconds_count", &pool) < Some(2.0) {
///     tokio::task::yield_now().await;
/// }
/// assert!(Scrape::of(&exporter).value("tokio_probe_age_seconds", &pool).is_some());
/// probing.shutdown();
/// # Ok::<(), fedimetrics_core::Error>(())
/// # })?;
/// # Ok::<(), fedimetrics_core::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "a probe asks nothing until it is spawned"]
pub struct Probe {
    runtimes: Vec<Probed>,
    running: Arc<AtomicBool>,
    sink: Sink,
}

impl Probe {
    /// Asks this runtime, under this name.
    pub fn new(name: &'static str, handle: Handle) -> Self {
        let probe = Self {
            runtimes: Vec::new(),
            running: Arc::default(),
            sink: Sink::global(),
        };
        probe.with_runtime(name, handle)
    }

    /// Asks one more, from the same thread.
    pub fn with_runtime(mut self, name: &'static str, handle: Handle) -> Self {
        self.runtimes.push(Probed::new(name, handle));
        self
    }

    /// Records to this exporter. Defaults to the process's recorder.
    pub fn on(mut self, exporter: &Exporter) -> Self {
        self.sink = exporter.sink();
        self
    }

    /// Starts asking, from a thread called `metrics-probe`, until what this returns is dropped or all runtimes have ended.
    ///
    /// # Errors
    ///
    /// If the system has no thread left.
    pub fn spawn(self) -> Result<Probing, Error> {
        Probing::start(self.runtimes, self.running, self.sink)
    }
}

impl Watch for Probe {
    fn watch(&self, watching: &mut Watching) {
        watching.describe(&[&SCHEDULE_DELAY]);
        for runtime in &self.runtimes {
            for lane in runtime.lanes.each() {
                drop(runtime.lanes.delay(lane, watching.sink()));
            }
        }
        watching.collect(Ages {
            lanes: self.runtimes.iter().map(|one| one.lanes.clone()).collect(),
            running: self.running.clone(),
        });
    }
}

/// How long the probes have waited that still wait.
struct Ages {
    lanes: Vec<Lanes>,
    running: Arc<AtomicBool>,
}

impl Collector for Ages {
    fn name(&self) -> &'static str {
        "probe"
    }

    fn collect(&self, samples: &mut Samples) {
        if !self.running.load(Ordering::Acquire) {
            return;
        }
        for lanes in self.lanes.iter().filter(|lanes| !lanes.has_ended()) {
            for lane in lanes.each() {
                let age = lane.age().as_secs_f64();
                samples.add(&PROBE_AGE, &[lanes.runtime, lane.pool], age);
            }
        }
    }
}
