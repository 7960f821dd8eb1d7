//! What tokio tells of a runtime only with `--cfg tokio_unstable`.

use std::time::Duration;

use ::tokio::runtime::RuntimeMetrics;

use crate::catalogue::{
    BLOCKING_QUEUE, BLOCKING_THREADS, FORCED_YIELDS, LOCAL_QUEUE, POLL_TIME, POLLS, STEALS,
    THREADS_STATES,
};
use crate::collect::Samples;

/// Adds it to what stable tokio tells of this runtime.
pub(super) fn add(metrics: &RuntimeMetrics, runtime: &str, samples: &mut Samples) {
    let workers = || 0..metrics.num_workers();
    let queued: usize = workers()
        .map(|worker| metrics.worker_local_queue_depth(worker))
        .sum();
    samples.add(&LOCAL_QUEUE, &[runtime], queued as f64);
    let idle = metrics.num_idle_blocking_threads();
    // Read one after the other, so a thread may have become idle in between.
    let busy = metrics.num_blocking_threads().saturating_sub(idle);
    for (state, threads) in THREADS_STATES.iter().zip([busy, idle]) {
        samples.add(&BLOCKING_THREADS, &[runtime, state], threads as f64);
    }
    let blocking = metrics.blocking_queue_depth();
    samples.add(&BLOCKING_QUEUE, &[runtime], blocking as f64);
    #[cfg(target_has_atomic = "64")]
    {
        let steals: u64 = workers()
            .map(|worker| metrics.worker_steal_count(worker))
            .sum();
        let polls: u64 = workers()
            .map(|worker| metrics.worker_poll_count(worker))
            .sum();
        let longest: Option<Duration> = workers()
            .map(|worker| metrics.worker_mean_poll_time(worker))
            .max();
        samples.add(&STEALS, &[runtime], steals as f64);
        samples.add(&POLLS, &[runtime], polls as f64);
        let longest = longest.unwrap_or_default().as_secs_f64();
        samples.add(&POLL_TIME, &[runtime], longest);
        let yields = metrics.budget_forced_yield_count();
        samples.add(&FORCED_YIELDS, &[runtime], yields as f64);
    }
}
