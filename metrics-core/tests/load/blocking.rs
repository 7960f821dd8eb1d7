//! A flood of what blocks: calls wait for threads, and nothing else moves.

use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use crate::server::Server;

#[test]
fn calls_wait_for_threads_while_tasks_go_on() {
    let server = Server::start();
    let (release, wait) = channel::<()>();
    let wait = Arc::new(Mutex::new(wait));
    let age = [("pool", "blocking")];
    let moved = server.under(|| {
        for _ in 0..50 {
            let wait = wait.clone();
            server.handle().spawn_blocking(move || {
                let _ = wait.lock().map(|wait| wait.recv());
            });
        }
        server.until("stalled", |scrape| {
            scrape.value("tokio_probe_age_seconds", &age) > Some(1.5)
        });
    });
    let answers = |pool| moved.by("tokio_schedule_delay_seconds_count", &[("pool", pool)]);
    let waited = moved.by("tokio_schedule_delay_seconds_sum", &[("pool", "async")]);
    assert!(answers("async") >= 3.0 * answers("blocking").max(1.0));
    assert!(waited < 1.0, "tasks waited for {waited} s");
    let blocked = moved.by("tokio_probe_age_seconds", &[("pool", "blocking")]);
    let stalled = moved.by("tokio_probe_age_seconds", &[("pool", "async")]);
    assert!(
        blocked > 1.0 && stalled < blocked / 2.0,
        "{blocked} and {stalled}"
    );
    // Whoever waits uses nothing.
    let used = moved.by("process_cpu_seconds_total", &[]);
    assert!(used < moved.seconds, "{used} in {}", moved.seconds);
    assert_eq!(moved.by("process_open_fds", &[]), 0.0);
    drop(release);
    server.until("well again", |scrape| {
        scrape.value("tokio_probe_age_seconds", &age) < Some(0.1)
    });
}
