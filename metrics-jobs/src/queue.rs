//! Queue: where jobs wait, what it is for, and how many wait in it.

use std::borrow::Cow;
use std::fmt;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use fedimetrics_core::{Watch, Watching};

use crate::catalogue;
use crate::labels::{Purpose, Share};
use crate::readings::{Depth, Readings};

/// Where jobs wait, declared once: usually a `static`.
///
/// It shows itself in the exporters that watch it: `job_queue_info`, which alert rules need since names are the host's,
/// and, where something reads it, its depth.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use fedimetrics_core::Exporter;
/// use fedimetrics_jobs::{Purpose, Queue};
///
/// static OUTBOX: Queue = Queue::new("federation_out", Purpose::FederationOut)
///     .concurrency(32)
///     .probed_every(Duration::from_secs(30));
///
/// let exporter = Exporter::builder().watch(&OUTBOX).build()?;
/// let info = r#"job_queue_info{queue="federation_out",purpose="federation_out",scope="shared",probed="true"} 1"#;
/// assert!(exporter.render().contains(info));
/// # Ok::<(), fedimetrics_core::Error>(())
/// ```
pub struct Queue {
    name: Cow<'static, str>,
    purpose: Purpose,
    share: Share,
    concurrency: Option<u32>,
    interval: Option<Duration>,
    readings: OnceLock<Arc<Readings>>,
}

impl Queue {
    const fn declare(name: Cow<'static, str>, purpose: Purpose) -> Self {
        Self {
            name,
            purpose,
            share: Share::Shared,
            concurrency: None,
            interval: None,
            readings: OnceLock::new(),
        }
    }

    /// A queue of this name (the label `queue`) for this purpose.
    #[must_use]
    pub const fn new(name: &'static str, purpose: Purpose) -> Self {
        Self::declare(Cow::Borrowed(name), purpose)
    }

    /// The same for a name that is only known at run time. It is a label value: let no stranger choose it.
    #[must_use]
    pub fn named(name: impl Into<Cow<'static, str>>, purpose: Purpose) -> Self {
        Self::declare(name.into(), purpose)
    }

    /// Every process sees the same queue, as in a database. The default.
    #[must_use]
    pub const fn shared(mut self) -> Self {
        self.share = Share::Shared;
        self
    }

    /// Each process has its own, as in memory.
    #[must_use]
    pub const fn local(mut self) -> Self {
        self.share = Share::Local;
        self
    }

    /// How many of its jobs this process runs at a time, at most. Defaults to unknown.
    #[must_use]
    pub const fn concurrency(mut self, slots: u32) -> Self {
        self.concurrency = Some(slots);
        self
    }

    /// Its depth is read this often, 30 s or slower: by `probe` (feature `probe`), or by whatever
    /// calls [`report`](Self::report). A reading that is older than three intervals is not shown. Defaults to never.
    #[must_use]
    pub const fn probed_every(mut self, interval: Duration) -> Self {
        self.interval = Some(interval);
        self
    }

    /// Notes a reading that took this long, or, with `None`, that there was none to be had: depth and oldest age are
    /// absent then, until the next one.
    ///
    /// Does nothing for a queue that is not declared with [`probed_every`](Self::probed_every).
    pub fn report(&self, depth: Option<Depth>, took: Duration) {
        match (self.readings(), depth) {
            (Some(readings), Some(depth)) => readings.succeeded(depth, took),
            (Some(readings), None) => readings.failed(Some(took)),
            (None, _) => {}
        }
    }

    /// How often its depth is read; `None` for never.
    #[must_use]
    pub const fn interval(&self) -> Option<Duration> {
        self.interval
    }

    /// Whether a probe of this process reads it right now.
    fn is_probed(&self) -> bool {
        let readings = self.readings.get();
        readings.is_some_and(|readings| readings.probed.load(Ordering::Relaxed))
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn readings(&self) -> Option<&Arc<Readings>> {
        let interval = self.interval?;
        Some(
            self.readings
                .get_or_init(|| Arc::new(Readings::new(&self.name, interval))),
        )
    }
}

impl Watch for Queue {
    fn watch(&self, watching: &mut Watching) {
        watching.describe(catalogue::ALL);
        let readings = self.readings();
        let probed = if readings.is_some() { "true" } else { "false" };
        let (name, sink) = (self.name(), watching.sink());
        let info = [name, self.purpose.as_str(), self.share.as_str(), probed];
        sink.gauge(&catalogue::QUEUE_INFO, &info).set(1.0);
        if let Some(slots) = self.concurrency {
            sink.gauge(&catalogue::QUEUE_CONCURRENCY, &[name])
                .set(f64::from(slots));
        }
        if let Some(readings) = readings {
            watching.collect(readings.clone());
        }
    }
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue")
            .field("name", &self.name)
            .field("purpose", &self.purpose)
            .field("share", &self.share)
            .field("probed", &self.is_probed())
            .finish_non_exhaustive()
    }
}
