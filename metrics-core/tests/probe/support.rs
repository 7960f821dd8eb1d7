//! What the tests share: a probed runtime, ways to keep its threads from it, and waiting for what a scrape shows.

use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Exporter, Probe, Probing};
use tokio::runtime::{Builder, Handle, Runtime};

/// So many workers, and so many threads for what blocks.
pub(crate) fn runtime(workers: usize, blocking: usize) -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(workers)
        .max_blocking_threads(blocking)
        .build()
        .unwrap()
}

/// An exporter, and a probe of these runtimes that runs.
pub(crate) fn probed(runtimes: &[(&'static str, &Runtime)]) -> (Exporter, Probing) {
    let [(name, first), others @ ..] = runtimes else {
        panic!("no runtime");
    };
    let mut probe = Probe::new(name, first.handle().clone());
    for (name, runtime) in others {
        probe = probe.with_runtime(name, runtime.handle().clone());
    }
    let exporter = Exporter::builder().watch(&probe).build().unwrap();
    let probing = probe.on(&exporter).spawn().unwrap();
    (exporter, probing)
}

/// Threads that do nothing but wait, until this is dropped.
pub(crate) struct Held(Vec<Sender<()>>);

impl Held {
    pub(crate) fn workers(handle: &Handle, count: usize) -> Self {
        let (started, all) = channel();
        let held = (0..count).map(|_| {
            let (release, wait) = channel::<()>();
            let started = started.clone();
            handle.spawn(async move {
                started.send(()).unwrap();
                let _ = wait.recv();
            });
            release
        });
        let held = Self(held.collect());
        (0..count).for_each(|_| all.recv().unwrap());
        held
    }

    pub(crate) fn blocking(handle: &Handle, count: usize) -> Self {
        let held = (0..count).map(|_| {
            let (release, wait) = channel::<()>();
            handle.spawn_blocking(move || {
                let _ = wait.recv();
            });
            release
        });
        Self(held.collect())
    }

    pub(crate) fn release(self) {
        drop(self.0);
    }
}

/// One scrape, asked about one pool.
pub(crate) struct Pools(pub(crate) Scrape, pub(crate) &'static str);

impl Pools {
    fn labels<'a>(&'a self, pool: &'a str) -> [(&'a str, &'a str); 2] {
        [("runtime", self.1), ("pool", pool)]
    }

    pub(crate) fn age(&self, pool: &str) -> Option<f64> {
        self.0.value("tokio_probe_age_seconds", &self.labels(pool))
    }

    pub(crate) fn answers(&self, pool: &str) -> f64 {
        let labels = self.labels(pool);
        self.0
            .value("tokio_schedule_delay_seconds_count", &labels)
            .unwrap()
    }

    pub(crate) fn waited(&self, pool: &str) -> f64 {
        let labels = self.labels(pool);
        self.0
            .value("tokio_schedule_delay_seconds_sum", &labels)
            .unwrap()
    }

    /// The answers that came within so many seconds.
    pub(crate) fn within(&self, pool: &str, le: &str) -> f64 {
        let [runtime, pool] = self.labels(pool);
        let labels = [runtime, pool, ("le", le)];
        self.0
            .value("tokio_schedule_delay_seconds_bucket", &labels)
            .unwrap()
    }
}

/// Scrapes until it is so.
pub(crate) fn until(
    exporter: &Exporter,
    runtime: &'static str,
    what: &str,
    is_so: impl Fn(&Pools) -> bool,
) -> Pools {
    let begun = Instant::now();
    loop {
        let pools = Pools(Scrape::of(exporter), runtime);
        if is_so(&pools) {
            return pools;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "never {what}: {:?}",
            pools.0
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}
