//! Exporter: the front door. Built, installed, scraped.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, SharedString, Unit};
use quanta::Instant;

use crate::builder::Builder;
use crate::catalogue;
use crate::collect::{Collector, Collectors, Samples};
use crate::error::{Error, Kind};
use crate::recorder::{self, Admission, Caps, Format, Store};
use crate::sink::Sink;

/// All numbers of one process, and how they are shown.
///
/// Building one opens no port and starts no task and no thread. Clones share the same numbers.
///
/// # Examples
///
/// ```
/// use fedimetrics_core::Exporter;
///
/// let exporter = Exporter::builder().build()?;
/// metrics::with_local_recorder(&exporter.recorder(), || metrics::counter!("demo_follows_total").increment(2));
/// assert!(exporter.render().contains("\ndemo_follows_total 2\n"));
/// # Ok::<(), fedimetrics_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Exporter {
    inner: Arc<Inner>,
}

struct Inner {
    store: Arc<Store>,
    collectors: Collectors,
    foreign: Admission,
    scrape_duration: Gauge,
    /// How long the last scrape's text was.
    room: AtomicUsize,
}

impl Exporter {
    /// Says what to show before it is built.
    pub fn builder<'a>() -> Builder<'a> {
        Builder::default()
    }

    pub(crate) fn new(caps: Caps, buckets: HashMap<String, Arc<[f64]>>, created: bool) -> Self {
        // quanta measures the clock at its first use, for half a millisecond: better now than in a request.
        let _ = Instant::now();
        let store = Arc::new(Store::new(caps, buckets, created));
        let sink = Sink::exporter(store.clone());
        sink.describe(catalogue::ALL);
        let scrape_duration = sink.gauge(&catalogue::SCRAPE_DURATION, &[]);
        Self {
            inner: Arc::new(Inner {
                store,
                collectors: Collectors::default(),
                foreign: Admission::default(),
                scrape_duration,
                room: AtomicUsize::new(0),
            }),
        }
    }

    /// Only while it is built and has no clones.
    pub(crate) fn push(&mut self, collectors: impl IntoIterator<Item = Box<dyn Collector>>) {
        if let Some(inner) = Arc::get_mut(&mut self.inner) {
            inner.collectors.push(collectors);
        }
    }

    /// Becomes the recorder of the `metrics` crate for the whole process.
    ///
    /// # Errors
    ///
    /// If another recorder was installed before. The exporter is in the error, and still works.
    pub(crate) fn install(self) -> Result<Self, Error> {
        match metrics::set_global_recorder(self.recorder()) {
            Ok(()) => Ok(self),
            Err(_) => Err(Kind::Taken(Box::new(self)).into()),
        }
    }

    /// The recorder to put into a fan-out, or into [`metrics::with_local_recorder`].
    #[must_use]
    pub fn recorder(&self) -> Recorder {
        Recorder(self.inner.store.clone())
    }

    /// Where this exporter's numbers go, for jobs and layers that shall not use the process's global recorder.
    #[must_use]
    pub fn sink(&self) -> Sink {
        Sink::exporter(self.inner.store.clone())
    }

    /// Reads all collectors and prints all there is, in the text format 0.0.4.
    ///
    /// Families are sorted by name and series by their labels, so that the same numbers are the same bytes.
    #[must_use]
    pub fn render(&self) -> String {
        self.render_as(Format::Text)
    }

    /// The same in either format.
    #[must_use]
    pub fn render_as(&self, format: Format) -> String {
        self.render_within(format, None)
    }

    /// The same, without the collectors that there is no time left for once the deadline is over.
    pub(crate) fn render_within(&self, format: Format, deadline: Option<Instant>) -> String {
        let begun = Instant::now();
        let mut samples = Samples::default();
        self.inner.store.collect(&mut samples);
        self.inner.collectors.read(&mut samples, deadline);
        self.inner.foreign.admit(&self.inner.store, &mut samples);
        // A little more than last time: growing a text by doubling copies all of it.
        let room = self.inner.room.load(Ordering::Relaxed);
        let text = recorder::render(&self.inner.store, &samples, format, room + room / 8 + 1024);
        self.inner.room.store(text.len(), Ordering::Relaxed);
        self.inner
            .scrape_duration
            .set(begun.elapsed().as_secs_f64());
        text
    }

    /// What collectors read and nothing else, to go behind another exporter's text.
    #[cfg(feature = "endpoint")]
    pub(crate) fn render_collected(&self, deadline: Option<Instant>) -> String {
        let mut samples = Samples::default();
        self.inner.collectors.read(&mut samples, deadline);
        let store = Store::default();
        self.inner.foreign.admit(&store, &mut samples);
        recorder::render(&store, &samples, Format::Text, 1024)
    }
}

impl fmt::Debug for Exporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exporter")
            .field("collectors", &self.inner.collectors.len())
            .finish_non_exhaustive()
    }
}

/// An exporter's side that records, for the `metrics` facade.
#[derive(Clone)]
pub struct Recorder(Arc<Store>);

impl metrics::Recorder for Recorder {
    fn describe_counter(&self, key: KeyName, unit: Option<Unit>, help: SharedString) {
        self.0.describe_counter(key, unit, help);
    }

    fn describe_gauge(&self, key: KeyName, unit: Option<Unit>, help: SharedString) {
        self.0.describe_gauge(key, unit, help);
    }

    fn describe_histogram(&self, key: KeyName, unit: Option<Unit>, help: SharedString) {
        self.0.describe_histogram(key, unit, help);
    }

    fn register_counter(&self, key: &Key, metadata: &Metadata<'_>) -> Counter {
        self.0.register_counter(key, metadata)
    }

    fn register_gauge(&self, key: &Key, metadata: &Metadata<'_>) -> Gauge {
        self.0.register_gauge(key, metadata)
    }

    fn register_histogram(&self, key: &Key, metadata: &Metadata<'_>) -> Histogram {
        self.0.register_histogram(key, metadata)
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recorder")
    }
}
