//! Stall: a handler that blocks its worker, as it shows in a scrape while it lasts and after it.

use std::error::Error;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Exporter, Probe};
use tokio::runtime::{Builder, Handle};

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = Builder::new_multi_thread().worker_threads(1).build()?;
    let _within = runtime.enter();

    let probe = Probe::new("main", Handle::current());
    let exporter = Exporter::builder()
        .with_runtime_gauges()
        .with_storage("media", std::env::temp_dir())
        .with_memory_component("actors", || Some(0))
        .watch(&probe)
        .install()?;
    let probing = probe.spawn()?;

    let pool = [("runtime", "main"), ("pool", "async")];
    let age = || Scrape::of(&exporter).value("tokio_probe_age_seconds", &pool);
    let wait = || thread::sleep(Duration::from_millis(10));

    // A handler that computes, or that waits in a way that tokio does not know of.
    let (release, hold) = mpsc::channel::<()>();
    let (holds, held) = mpsc::channel();
    runtime.spawn(async move {
        let _ = holds.send(());
        hold.recv()
    });
    held.recv()?;
    let busy = || Scrape::of(&exporter).value("tokio_worker_busy_seconds_total", &[]);
    let before = busy();
    while age() < Some(0.3) {
        wait();
    }
    // What tokio itself counts has not noticed.
    assert_eq!(busy(), before);

    drop(release);
    while age() > Some(0.1) {
        wait();
    }
    let waited = Scrape::of(&exporter).value("tokio_schedule_delay_seconds_sum", &pool);
    assert!(waited > Some(0.3), "{waited:?}");
    probing.shutdown();
    Ok(())
}
