//! What does it cost to read what the system tells, and to ask a runtime how long a task waits?

use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use fedimetrics_benches::{Bench, Row, Scale, Scenario, cpu_of_all};
use fedimetrics_core::{Exporter, Probe};
use tokio::runtime::{Builder, Runtime};

fn main() -> ExitCode {
    Bench::default()
        .scenario(scrapes())
        .reading("probe-second/bare", |scale| {
            let _idle = runtime();
            second(scale)
        })
        .reading("probe-second/ours", |scale| {
            let idle = runtime();
            let probe = Probe::new("main", idle.handle().clone());
            let exporter = build(Exporter::builder().watch(&probe));
            let probing = probe.on(&exporter).spawn();
            let row = second(scale);
            let recorded = exporter.render();
            assert!(recorded.contains("tokio_schedule_delay_seconds_count"));
            drop(probing);
            row
        })
        .main()
}

/// One scrape of an exporter that shows nothing else, in a process with 17 threads.
fn scrapes() -> Scenario {
    let idle = Builder::new_multi_thread().worker_threads(16).build();
    let idle = idle.unwrap_or_else(|error| unreachable!("{error}"));
    let render = |exporter: Exporter| move || drop(exporter.render());
    let bare = build(Exporter::builder());
    let system = build(Exporter::builder().with_runtime_gauges());
    let folder = std::env::temp_dir();
    let storage = build(Exporter::builder().with_storage("media", folder));
    let component = || Some(4096);
    let component = build(Exporter::builder().with_memory_component("actors", component));
    let _within = idle.enter();
    let runtime = Builder::new_multi_thread().worker_threads(1).build();
    let runtime = runtime.unwrap_or_else(|error| unreachable!("{error}"));
    let handle = runtime.handle().clone();
    let runtimes = build(Exporter::builder().with_runtime("main", handle));
    drop(_within);
    Scenario::new("collectors", render(bare))
        .with("runtime-gauges", {
            let scrape = render(system);
            move || {
                let _there = (&idle, &runtime);
                scrape();
            }
        })
        .with("one-runtime", render(runtimes))
        .with("one-folder", render(storage))
        .with("one-component", render(component))
}

fn build(builder: fedimetrics_core::Builder<'_>) -> Exporter {
    builder
        .build()
        .unwrap_or_else(|error| unreachable!("{error}"))
}

fn runtime() -> Runtime {
    let runtime = Builder::new_multi_thread().worker_threads(2).build();
    runtime.unwrap_or_else(|error| unreachable!("{error}"))
}

/// CPU time of the whole process in one second of doing nothing: 1,000,000 ns are 0.1 % of a core.
fn second(scale: Scale) -> Row {
    let lasts = Duration::from_millis(scale.of(20_000).max(200));
    // The first probes make what there is to make.
    thread::sleep(lasts / 10);
    let before = cpu_of_all();
    thread::sleep(lasts);
    let used = cpu_of_all().saturating_sub(before);
    Row {
        ns: Some(used as f64 / lasts.as_secs_f64()),
        ..Row::default()
    }
}
