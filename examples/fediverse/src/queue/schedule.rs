//! What is enqueued by the clock.

use std::{sync::Arc, time::Duration};

use super::Job;
use crate::App;

/// How often the server sweeps up.
pub const SWEEP: Duration = Duration::from_secs(20);

/// Enqueues the periodic jobs, for ever.
pub async fn run(app: Arc<App>) {
    let mut ticks = tokio::time::interval(SWEEP);
    loop {
        ticks.tick().await;
        if let Err(error) = app.queues.enqueue(Job::Cleanup).await {
            tracing::warn!(error = ?error, "the sweep is left out");
        }
    }
}
