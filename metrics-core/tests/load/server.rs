//! Server: a runtime, its probe, and an exporter that shows all there is.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Exporter, Probe, Probing};
use tokio::runtime::{Builder, Handle, Runtime};

static ALONE: Mutex<()> = Mutex::new(());

/// One that has the process to itself.
pub(crate) struct Server {
    exporter: Exporter,
    _probing: Probing,
    runtime: Runtime,
    _alone: MutexGuard<'static, ()>,
}

/// How far gauges moved between two scrapes.
pub(crate) struct Moved {
    before: Scrape,
    after: Scrape,
    pub(crate) seconds: f64,
}

impl Server {
    /// With 2 workers and 2 threads for what blocks.
    pub(crate) fn start() -> Self {
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .max_blocking_threads(2)
            .build()
            .unwrap();
        let _entered = runtime.enter();
        let probe = Probe::new("main", Handle::current());
        let exporter = Exporter::builder()
            .with_runtime_gauges()
            .watch(&probe)
            .build()
            .unwrap();
        let probing = probe.on(&exporter).spawn().unwrap();
        drop(_entered);
        let server = Self {
            exporter,
            _probing: probing,
            runtime,
            _alone: alone,
        };
        // All threads are there, and what is made at first use.
        server.until("probed", |scrape| {
            ["async", "blocking"].iter().all(|pool| {
                let pool = [("pool", *pool)];
                scrape.value("tokio_schedule_delay_seconds_count", &pool) >= Some(2.0)
            })
        });
        server
    }

    pub(crate) fn handle(&self) -> &Handle {
        self.runtime.handle()
    }

    pub(crate) fn scrape(&self) -> Scrape {
        Scrape::of(&self.exporter)
    }

    /// Scrapes until it is so.
    pub(crate) fn until(&self, what: &str, is_so: impl Fn(&Scrape) -> bool) -> Scrape {
        let begun = Instant::now();
        loop {
            let scrape = self.scrape();
            if is_so(&scrape) {
                return scrape;
            }
            assert!(begun.elapsed().as_secs() < 60, "never {what}: {scrape:?}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// What a load moves.
    pub(crate) fn under(&self, load: impl FnOnce()) -> Moved {
        let (before, begun) = (self.scrape(), Instant::now());
        load();
        Moved {
            before,
            after: self.scrape(),
            seconds: begun.elapsed().as_secs_f64(),
        }
    }
}

impl Moved {
    /// The sum over the series with these labels.
    pub(crate) fn by(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        assert!(self.after.has(name), "no {name} in {:?}", self.after);
        self.after.sum(name, labels) - self.before.sum(name, labels)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.after.has(name)
    }
}

pub(crate) const MIB: f64 = 1024.0 * 1024.0;
