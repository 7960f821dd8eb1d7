//! What tokio tells of a runtime on stable, without any `cfg`.

use std::time::Duration;

use ::tokio::runtime::Handle;

use crate::catalogue::{TOKIO_BUSY, TOKIO_PARKS, TOKIO_QUEUE, TOKIO_TASKS, TOKIO_WORKERS};
use crate::collect::{Collector, Samples};

/// One runtime's gauges.
#[derive(Debug)]
pub(crate) struct Tokio {
    name: &'static str,
    handle: Handle,
}

impl Tokio {
    pub(crate) const fn new(name: &'static str, handle: Handle) -> Self {
        Self { name, handle }
    }

    /// The runtime that this thread is in, if it is in one.
    pub(crate) fn current() -> Option<Self> {
        Handle::try_current()
            .ok()
            .map(|handle| Self::new("main", handle))
    }
}

impl Collector for Tokio {
    fn name(&self) -> &'static str {
        "tokio"
    }

    fn collect(&self, samples: &mut Samples) {
        let metrics = self.handle.metrics();
        let runtime = &[self.name];
        samples.add(&TOKIO_WORKERS, runtime, metrics.num_workers() as f64);
        samples.add(&TOKIO_TASKS, runtime, metrics.num_alive_tasks() as f64);
        samples.add(&TOKIO_QUEUE, runtime, metrics.global_queue_depth() as f64);
        #[cfg(target_has_atomic = "64")]
        {
            let workers = 0..metrics.num_workers();
            let busy: Duration = workers
                .clone()
                .map(|worker| metrics.worker_total_busy_duration(worker))
                .sum();
            let parks: u64 = workers
                .map(|worker| metrics.worker_park_count(worker))
                .sum();
            samples.add(&TOKIO_BUSY, runtime, busy.as_secs_f64());
            samples.add(&TOKIO_PARKS, runtime, parks as f64);
        }
        #[cfg(tokio_unstable)]
        super::tokio_unstable::add(&metrics, self.name, samples);
    }
}

#[cfg(test)]
mod tests {
    use crate::Exporter;
    use crate::testing::Scrape;

    #[::tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_spawned_task_is_alive_until_it_ends() {
        let exporter = Exporter::builder().with_runtime_gauges().build().unwrap();
        let alive = |exporter: &Exporter| {
            Scrape::of(exporter)
                .value("tokio_alive_tasks", &[("runtime", "main")])
                .unwrap()
        };
        let before = alive(&exporter);
        let (release, wait) = ::tokio::sync::oneshot::channel::<()>();
        let task = ::tokio::spawn(wait);
        assert_eq!(alive(&exporter), before + 1.0);
        drop(release);
        let _ = task.await;
        assert_eq!(
            Scrape::of(&exporter).value("tokio_workers", &[("runtime", "main")]),
            Some(2.0)
        );
    }

    #[test]
    fn outside_of_a_runtime_there_is_none() {
        let exporter = Exporter::builder().with_runtime_gauges().build().unwrap();
        assert!(!Scrape::of(&exporter).has("tokio_workers"));
    }
}
