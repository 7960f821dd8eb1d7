//! Builder: what an exporter shall show.

use std::collections::HashMap;
use std::fmt;

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

    /// Shows the process (on Linux) and, if this is called within a tokio runtime, that runtime under the name `main`.
    pub fn with_runtime_gauges(mut self) -> Self {
        self.collectors.extend(runtime::all());
        self
    }

    /// Shows one more tokio runtime, under a name of its own.
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
