//! CPU time of one thread, or of all of this process: what others do on the machine is not in it.

use std::fs;

/// This thread's CPU time, in nanoseconds, as Linux counts it.
pub(crate) fn on_cpu() -> u64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let first = text.split_whitespace().next();
    first.and_then(|word| word.parse().ok()).unwrap_or_default()
}

/// The CPU time of all threads of this process that live, in nanoseconds.
#[must_use]
pub fn cpu_of_all() -> u64 {
    let tasks = fs::read_dir("/proc/self/task").into_iter().flatten();
    let used = tasks.filter_map(|task| {
        let text = fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<u64>().ok()
    });
    used.sum()
}
