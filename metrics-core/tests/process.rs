//! What Linux tells of this process. File descriptors are the process's, so this has a process of its own.

#![cfg(target_os = "linux")]

use std::fs::File;
use std::time::{SystemTime, UNIX_EPOCH};

use fedimetrics_core::Exporter;
use fedimetrics_core::testing::Scrape;

#[test]
fn this_process_reads_itself() {
    let exporter = Exporter::builder().with_runtime_gauges().build().unwrap();
    let read = |name| Scrape::of(&exporter).value(name, &[]);
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs_f64();
    let started = read("process_start_time_seconds").unwrap();
    assert!(
        started <= now + 1.0 && started > now - 3600.0,
        "started {started}, now {now}"
    );
    assert!(read("process_resident_memory_bytes").unwrap() > 1e5);
    assert!(
        read("process_virtual_memory_bytes").unwrap()
            > read("process_resident_memory_bytes").unwrap()
    );
    assert!(read("process_threads").unwrap() >= 1.0);
    let before = read("process_open_fds").unwrap();
    let _one_more = File::open("/proc/self/stat").unwrap();
    assert_eq!(read("process_open_fds"), Some(before + 1.0));
    assert!(read("process_max_fds").unwrap() > before);
}
