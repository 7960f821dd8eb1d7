//! Queues: what they are for, and gauges that are honest about what could not be read.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use std::time::Duration;

use fedimetrics_core::Exporter;
use fedimetrics_core::testing::Scrape;
use fedimetrics_jobs::{Depth, Purpose, Queue};

const DEPTH: Depth = Depth {
    ready: 12,
    scheduled: 3,
    retrying: 7,
    running: 2,
    dead: 1,
    oldest_ready_age: Some(Duration::from_millis(1500)),
};

fn outbox() -> (Exporter, Queue) {
    let queue =
        Queue::new("federation_out", Purpose::FederationOut).probed_every(Duration::from_secs(30));
    let exporter = Exporter::builder().watch(&queue).build().unwrap();
    (exporter, queue)
}

fn assert_absent(scrape: &Scrape) {
    assert!(!scrape.has("job_queue_depth"));
    assert!(!scrape.has("job_queue_oldest_ready_age_seconds"));
    assert_eq!(
        scrape.value("job_queue_probe_success", &[("queue", "federation_out")]),
        Some(0.0)
    );
}

#[test]
fn a_queue_says_what_it_is_for() {
    let media = Queue::named(String::from("thumbnails"), Purpose::Media)
        .local()
        .concurrency(4);
    let mail = Queue::new("mail", Purpose::Mail);
    let exporter = Exporter::builder()
        .watch(&media)
        .watch(&mail)
        .build()
        .unwrap();
    let scrape = Scrape::of(&exporter);
    let info = |queue, purpose, scope| {
        let labels = [
            ("queue", queue),
            ("purpose", purpose),
            ("scope", scope),
            ("probed", "false"),
        ];
        scrape.value("job_queue_info", &labels)
    };
    assert_eq!(info("thumbnails", "media", "local"), Some(1.0));
    assert_eq!(info("mail", "mail", "shared"), Some(1.0));
    assert_eq!(scrape.value("job_queue_concurrency", &[]), Some(4.0));
    assert!(!scrape.has("job_queue_probe_success"), "nobody probes");
}

#[test]
fn before_the_first_reading_there_is_no_depth_and_no_success() {
    let (exporter, _queue) = outbox();
    let scrape = Scrape::of(&exporter);
    assert_absent(&scrape);
    assert_eq!(
        scrape.value("job_queue_probe_last_success_timestamp_seconds", &[]),
        Some(0.0)
    );
}

#[test]
fn every_state_of_a_reading_is_shown_and_an_empty_queue_reads_zero() {
    let (exporter, queue) = outbox();
    for (depth, values) in [
        (DEPTH, [12.0, 3.0, 7.0, 2.0, 1.0]),
        (Depth::default(), [0.0; 5]),
    ] {
        queue.report(Some(depth), Duration::from_millis(4));
        let scrape = Scrape::of(&exporter);
        for (state, value) in ["ready", "scheduled", "retrying", "running", "dead"]
            .into_iter()
            .zip(values)
        {
            let labels = &[("queue", "federation_out"), ("state", state)];
            assert_eq!(
                scrape.value("job_queue_depth", labels),
                Some(value),
                "{state}"
            );
        }
        let oldest = depth.oldest_ready_age.unwrap_or_default().as_secs_f64();
        assert_eq!(
            scrape.value("job_queue_oldest_ready_age_seconds", &[]),
            Some(oldest)
        );
        assert_eq!(scrape.value("job_queue_probe_success", &[]), Some(1.0));
        assert_eq!(
            scrape.value("job_queue_probe_duration_seconds", &[]),
            Some(0.004)
        );
    }
}

#[test]
fn a_reading_that_failed_leaves_no_depth_and_the_last_success_where_it_was() {
    let (exporter, queue) = outbox();
    queue.report(Some(DEPTH), Duration::from_millis(4));
    let last_success =
        || Scrape::of(&exporter).value("job_queue_probe_last_success_timestamp_seconds", &[]);
    let before = last_success();
    assert!(before.unwrap() > 1.7e9);
    queue.report(None, Duration::from_secs(5));
    let scrape = Scrape::of(&exporter);
    assert_absent(&scrape);
    assert_eq!(
        scrape.value("job_queue_probe_duration_seconds", &[]),
        Some(5.0)
    );
    assert_eq!(last_success(), before);
}

#[test]
fn an_age_that_nobody_knows_is_absent_and_none_waiting_is_zero() {
    let (exporter, queue) = outbox();
    for (ready, age) in [(3, None), (0, Some(0.0))] {
        let depth = Depth {
            ready,
            ..Depth::default()
        };
        queue.report(Some(depth), Duration::ZERO);
        let scrape = Scrape::of(&exporter);
        assert_eq!(
            scrape.value("job_queue_oldest_ready_age_seconds", &[]),
            age,
            "{ready}"
        );
    }
}

#[cfg(feature = "probe")]
mod probe {
    use std::io;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::time::sleep;

    use super::*;

    /// Runs a probe that answers differently each time, and scrapes in the middle of each interval.
    async fn scrapes(count: usize) -> Vec<Scrape> {
        let (exporter, queue) = outbox();
        let asked = Arc::new(AtomicUsize::new(0));
        let probe = queue.probe(Duration::from_secs(5), move || {
            let asked = asked.fetch_add(1, Ordering::Relaxed);
            async move {
                match asked {
                    1 => Err(io::Error::other("the database is down")),
                    3 => std::future::pending().await,
                    5 => panic!("within the probe"),
                    _ => Ok(Depth {
                        ready: asked as u64,
                        ..DEPTH
                    }),
                }
            }
        });
        let task = tokio::spawn(probe);
        let mut scrapes = Vec::new();
        for _ in 0..count {
            sleep(Duration::from_secs(15)).await;
            scrapes.push(Scrape::of(&exporter));
            // An interval may be a tenth shorter or longer: wait for the next reading, not for the time.
            let read = |scrape: &Scrape| scrape.sum("job_queue_probe_duration_seconds", &[]);
            let before = read(&Scrape::of(&exporter));
            while read(&Scrape::of(&exporter)) == before {
                sleep(Duration::from_millis(100)).await;
            }
        }
        task.abort();
        let _ = task.await;
        scrapes.push(Scrape::of(&exporter));
        scrapes
    }

    #[tokio::test(start_paused = true)]
    async fn what_fails_hangs_or_panics_is_absent_until_it_works_again() {
        let scrapes = scrapes(7).await;
        for (asked, scrape) in scrapes.iter().enumerate() {
            if [1, 3, 5, 7].contains(&asked) {
                // The last one was dropped.
                assert_absent(scrape);
            } else {
                let ready = scrape.value("job_queue_depth", &[("state", "ready")]);
                assert_eq!(ready, Some(asked as f64));
                assert_eq!(scrape.value("job_queue_probe_success", &[]), Some(1.0));
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_reading_comes_at_once() {
        let (exporter, queue) = outbox();
        let task =
            tokio::spawn(queue.probe(Duration::from_secs(5), || async { io::Result::Ok(DEPTH) }));
        tokio::task::yield_now().await;
        assert_eq!(
            Scrape::of(&exporter).value("job_queue_depth", &[("state", "ready")]),
            Some(12.0)
        );
        task.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn a_queue_has_one_probe_and_another_one_once_that_is_gone() {
        let (exporter, queue) = outbox();
        let limit = Duration::from_secs(5);
        let read = || std::future::ready(io::Result::Ok(DEPTH));
        let first = tokio::spawn(queue.probe(limit, read));
        tokio::task::yield_now().await;
        queue.probe(limit, read).await; // it returns
        let scrape = Scrape::of(&exporter);
        assert!(
            scrape.has("job_queue_depth"),
            "the first one's reading stands"
        );
        first.abort();
        assert!(first.await.unwrap_err().is_cancelled());
        assert_absent(&Scrape::of(&exporter));
        let second = tokio::spawn(queue.probe(limit, read));
        tokio::task::yield_now().await;
        assert!(Scrape::of(&exporter).has("job_queue_depth"));
        second.abort();
    }

    #[tokio::test]
    async fn a_queue_that_nobody_said_is_probed_is_not() {
        let queue = Queue::new("mail", Purpose::Mail);
        queue
            .probe(Duration::from_secs(5), || async { io::Result::Ok(DEPTH) })
            .await;
        assert!(queue.interval().is_none());
    }
}
