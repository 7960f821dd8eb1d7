//! Builder: what an exporter shall show.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;

use crate::collect::Collector;
use crate::error::{Error, Kind};
use crate::exporter::Exporter;
use crate::reason::Word;
use crate::recorder::Caps;
use crate::runtime::{self, Service};
use crate::watch::{Watch, Watching};

/// What an exporter shall show. Made by [`Exporter::builder`].
#[derive(Default)]
#[must_use = "a builder does nothing until it is built or installed"]
pub struct Builder<'a> {
    caps: Caps,
    buckets: Vec<(String, Vec<f64>)>,
    watched: Vec<&'a dyn Watch>,
    words: Vec<Word>,
    collectors: Vec<Box<dyn Collector>>,
    created: bool,
}

impl<'a> Builder<'a> {
    /// Declares the metrics of a job, a queue or an HTTP layer: they read 0 from the first scrape on.
    pub fn watch(mut self, watched: &'a dyn Watch) -> Self {
        self.watched.push(watched);
        self
    }

    /// Declares reasons of the host's own, for the whole process: up to 16 words beside ours, wherever a label `reason`
    /// stands. What is watched by the same exporter has them at 0 from the first scrape on.
    pub fn with_reasons(mut self, words: &[Word]) -> Self {
        self.words.extend_from_slice(words);
        self
    }

    /// Reads values of the host's own at each scrape.
    pub fn collect(mut self, collector: impl Collector + 'static) -> Self {
        self.collectors.push(Box::new(collector));
        self
    }

    /// Shows the process, what it waits for and the limits that it is held to, as far as the system tells; and, if this
    /// is called within a tokio runtime, that runtime under the name `main`.
    ///
    /// On Linux some twenty small files stay open from here on, and one scrape reads them in less than half a millisecond.
    /// What is not there (a limit, a cgroup, a kernel's ability) is absent, never 0.
    ///
    /// # Examples
    ///
    /// ```
    /// use fedimetrics_core::Exporter;
    /// use fedimetrics_core::testing::Scrape;
    ///
    /// let scrape = Scrape::of(&Exporter::builder().with_runtime_gauges().build()?);
    /// assert!(scrape.value("process_available_cores", &[]) >= Some(1.0));
    /// # Ok::<(), fedimetrics_core::Error>(())
    /// ```
    pub fn with_runtime_gauges(mut self) -> Self {
        self.collectors.extend(runtime::all());
        self
    }

    /// Shows how much room is left where this folder is, as `storage_free_bytes` and `storage_size_bytes`: media,
    /// database, cache. `component` is their label.
    ///
    /// Each scrape asks on a short thread of its own and waits for 100 ms at most: a network's file system that hangs keeps
    /// one thread, and no scrape. The folder need not be there yet; until then it is absent. Only on Unix.
    ///
    /// # Examples
    ///
    /// ```
    /// use fedimetrics_core::Exporter;
    /// use fedimetrics_core::testing::Scrape;
    ///
    /// let exporter = Exporter::builder().with_storage("media", std::env::temp_dir()).build()?;
    /// let scrape = Scrape::of(&exporter);
    /// let free = scrape.value("storage_free_bytes", &[("component", "media")]);
    /// assert_eq!(free.is_some(), cfg!(unix));
    /// # Ok::<(), fedimetrics_core::Error>(())
    /// ```
    pub fn with_storage(mut self, component: &'static str, folder: impl Into<PathBuf>) -> Self {
        self.collectors
            .extend(runtime::storage(component, folder.into()));
        self
    }

    /// Shows how much memory a cache or a queue of the host's holds, as `memory_component_bytes`. The function is called at
    /// each scrape: it reads a number that is there already. `None` where it does not know.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU64, Ordering};
    /// use fedimetrics_core::Exporter;
    ///
    /// let held = Arc::new(AtomicU64::new(4096));
    /// let bytes = held.clone();
    /// let exporter = Exporter::builder()
    ///     .with_memory_component("actors", move || Some(bytes.load(Ordering::Relaxed)))
    ///     .build()?;
    /// assert!(exporter.render().contains("memory_component_bytes{component=\"actors\"} 4096\n"));
    /// # Ok::<(), fedimetrics_core::Error>(())
    /// ```
    pub fn with_memory_component(
        self,
        component: &'static str,
        bytes: impl Fn() -> Option<u64> + Send + Sync + 'static,
    ) -> Self {
        self.collect(runtime::Component::new(component, bytes))
    }

    /// Shows memory as jemalloc sees it, as `allocator_bytes`, if it is what this program allocates with.
    ///
    /// What is resident and not allocated is kept for later or cannot be given back: a leak is where both grow.
    #[cfg(feature = "jemalloc")]
    pub fn with_jemalloc(self) -> Self {
        self.collect(runtime::Jemalloc::open())
    }

    /// Shows one more tokio runtime, under a name of its own.
    ///
    /// # Examples
    ///
    /// ```
    /// use fedimetrics_core::Exporter;
    ///
    /// let background = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    /// let exporter = Exporter::builder().with_runtime("background", background.handle().clone()).build()?;
    /// assert!(exporter.render().contains("tokio_workers{runtime=\"background\"} 1\n"));
    /// # Ok::<(), fedimetrics_core::Error>(())
    /// ```
    #[cfg(feature = "tokio")]
    pub fn with_runtime(self, name: &'static str, handle: tokio::runtime::Handle) -> Self {
        self.collect(runtime::Tokio::new(name, handle))
    }

    /// Says what is running, as `service_build_info`: a deploy shows as a change of its labels.
    pub fn with_service(self, service: Service) -> Self {
        self.collect(service)
    }

    /// Gives a histogram, ours or the host's own, other upper bounds. Defaults to those of the catalogue, and to client
    /// libraries' usual ones from 0.005 to 10 for the host's own.
    pub fn with_buckets(mut self, histogram: impl Into<String>, bounds: &[f64]) -> Self {
        self.buckets.push((histogram.into(), bounds.to_vec()));
        self
    }

    /// Sets how much is taken before it folds. Defaults to [`Caps::default`].
    pub const fn with_caps(mut self, caps: Caps) -> Self {
        self.caps = caps;
        self
    }

    /// Shows in OpenMetrics when each counter and each histogram was made, as `_created`: a scraper that reads these
    /// knows a restart from a counter that has fallen behind. Off by default, for it doubles the lines of counters, and
    /// a scraper that does not read them stores each as a series.
    pub const fn with_created(mut self) -> Self {
        self.created = true;
        self
    }

    /// Builds the exporter, for a host that has a recorder already or wants none for the whole process.
    ///
    /// # Errors
    ///
    /// If buckets are not finite and ascending, or a reason of the host's own cannot be one: see [`Word::declare`].
    pub fn build(self) -> Result<Exporter, Error> {
        let mut buckets = HashMap::new();
        for (name, bounds) in self.buckets {
            let ascending = bounds
                .windows(2)
                .all(|pair| matches!(pair, [low, high] if low < high));
            if bounds.is_empty() || !ascending || !bounds.iter().all(|bound| bound.is_finite()) {
                return Err(Kind::Buckets(name).into());
            }
            buckets.insert(name, bounds.into());
        }
        Word::declare(&self.words)?;
        let mut exporter = Exporter::new(self.caps, buckets, self.created);
        let mut watching = Watching::new(exporter.sink());
        for watched in self.watched {
            watched.watch(&mut watching);
        }
        exporter.push(self.collectors);
        exporter.push(watching.into_collectors());
        Ok(exporter)
    }

    /// Builds the exporter and makes it the recorder of the `metrics` crate for the whole process: the host's own
    /// `counter!()` calls show up beside ours.
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build), or if another recorder was installed before. In that case [`Error::into_exporter`]
    /// hands the exporter back.
    pub fn install(self) -> Result<Exporter, Error> {
        self.build()?.install()
    }
}

impl fmt::Debug for Builder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("caps", &self.caps)
            .field("buckets", &self.buckets)
            .field("watched", &self.watched.len())
            .field("words", &self.words)
            .field("collectors", &self.collectors.len())
            .field("created", &self.created)
            .finish()
    }
}
