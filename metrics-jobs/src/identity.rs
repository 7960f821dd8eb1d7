//! Identity: what a job is called, what was declared of it, and what it has under way.

use std::time::Duration;

use fedimetrics_core::clock::Clock;
use fedimetrics_core::{Collector, Name, Samples};

use crate::catalogue;
use crate::running::Running;

/// What a job is called, what was declared of it, and what it has under way.
#[derive(Debug)]
pub(crate) struct Identity {
    queue: Box<str>,
    worker: Box<str>,
    name: Name,
    delivery: bool,
    time_limit: Option<Duration>,
    every: Option<Duration>,
    clock: Clock,
    running: Running,
}

impl Identity {
    pub(crate) fn new(
        queue: &str,
        worker: &str,
        delivery: bool,
        time_limit: Option<Duration>,
        every: Option<Duration>,
    ) -> Self {
        Self {
            queue: queue.into(),
            worker: worker.into(),
            name: Name::new(worker),
            delivery,
            time_limit,
            every,
            clock: Clock::new(),
            running: Running::new(),
        }
    }

    pub(crate) const fn queue(&self) -> &str {
        &self.queue
    }

    pub(crate) const fn worker(&self) -> &str {
        &self.worker
    }

    /// The worker's name, for the scope of an attempt.
    pub(crate) const fn name(&self) -> Name {
        self.name
    }

    pub(crate) const fn is_delivery(&self) -> bool {
        self.delivery
    }

    pub(crate) const fn time_limit(&self) -> Option<Duration> {
        self.time_limit
    }

    pub(crate) const fn every(&self) -> Option<Duration> {
        self.every
    }

    pub(crate) const fn clock(&self) -> &Clock {
        &self.clock
    }

    pub(crate) const fn running(&self) -> &Running {
        &self.running
    }
}

/// `job_longest_running_seconds`.
impl Collector for Identity {
    fn name(&self) -> &'static str {
        "jobs"
    }

    fn collect(&self, samples: &mut Samples) {
        let longest = self.running.longest(&self.clock);
        samples.add(
            &catalogue::LONGEST_RUNNING,
            &[&self.queue, &self.worker],
            longest,
        );
    }
}
