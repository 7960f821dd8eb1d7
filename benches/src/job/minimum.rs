//! Minimum: what a delivery that succeeds at once records, written by hand on handles that are resolved beforehand. Below
//! this is only recording less.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use fedimetrics_core::{Exporter, Metric};
use metrics::{Counter, Gauge, Histogram};
use quanta::Instant;

/// The handles of one delivery job that goes well.
#[derive(Debug)]
pub struct Minimum {
    started: Counter,
    in_flight: Gauge,
    wait: Histogram,
    finished: Counter,
    last_success: Gauge,
    duration: Histogram,
    attempts: Histogram,
    age: Histogram,
    delivered: Counter,
    delivery_duration: Histogram,
    lag: Histogram,
    /// When the one attempt that is under way began, for the longest running one.
    base: Instant,
    running: AtomicU64,
}

impl Minimum {
    /// Handles of this exporter, for this catalogue's metrics.
    ///
    /// # Panics
    ///
    /// If the catalogue lacks one.
    #[must_use]
    pub fn new(exporter: &Exporter, catalogue: &[&'static Metric]) -> Self {
        let metric = |name: &str| {
            let found = catalogue.iter().find(|metric| metric.name() == name);
            *found.unwrap_or_else(|| unreachable!("{name} is not in the catalogue"))
        };
        let sink = exporter.sink();
        let job = &["federation_out", "deliver"];
        Self {
            started: sink.counter(metric("job_started_total"), job),
            in_flight: sink.gauge(metric("job_in_flight"), job),
            wait: sink.histogram(metric("job_wait_seconds"), job),
            finished: sink.counter(
                metric("job_finished_total"),
                &["federation_out", "deliver", "success"],
            ),
            last_success: sink.gauge(metric("job_last_success_timestamp_seconds"), job),
            duration: sink.histogram(metric("job_duration_seconds"), job),
            attempts: sink.histogram(metric("job_attempts"), job),
            age: sink.histogram(metric("job_age_seconds"), job),
            delivered: sink.counter(metric("delivery_attempts_total"), &["success"]),
            delivery_duration: sink.histogram(metric("delivery_duration_seconds"), &[]),
            lag: sink.histogram(metric("delivery_lag_seconds"), &[]),
            base: Instant::now(),
            running: AtomicU64::new(0),
        }
    }

    /// An attempt from its start to its success.
    pub fn run(&self, created_at: SystemTime, published_at: SystemTime) {
        let began = Instant::now();
        let running = began.duration_since(self.base).as_nanos() as u64;
        self.running.store(running, Ordering::Relaxed);
        self.started.increment(1);
        self.in_flight.increment(1.0);
        let wait = SystemTime::now().duration_since(created_at);
        self.wait.record(wait.unwrap_or_default().as_secs_f64());

        let took = began.elapsed().as_secs_f64();
        let now = SystemTime::now();
        self.running.store(0, Ordering::Relaxed);
        let since = |then| now.duration_since(then).unwrap_or_default().as_secs_f64();
        let unix = now
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        self.finished.increment(1);
        self.last_success.set(unix.as_secs_f64());
        self.in_flight.decrement(1.0);
        self.duration.record(took);
        self.attempts.record(1.0);
        self.age.record(since(created_at));
        self.delivered.increment(1);
        self.delivery_duration.record(took);
        self.lag.record(since(published_at));
    }
}
