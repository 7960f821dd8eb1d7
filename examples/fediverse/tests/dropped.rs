//! A worker that is dropped at every await point of a delivery. The recorder is the process's, so this has a process.
#![allow(clippy::unwrap_used, reason = "tests may unwrap")]

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use apalis::prelude::TaskBuilder;
use fedimetrics_core::testing::Scrape;
use fediverse::neighbours::Manner;
use fediverse::queue::{Job, worker};
use fediverse::{Options, Running};
use serde_json::json;
use tower::{Layer, Service};

/// Runs one attempt for so many polls at most. Says whether it came to its end.
async fn attempt(running: &Running, manner: Manner, polls: usize) -> bool {
    let neighbour = running.neighbours.as_ref().unwrap().get(manner).unwrap();
    let job = Job::Deliver {
        user: "alice".to_owned(),
        inbox: neighbour.inbox(),
        activity: json!({ "type": "Create" }),
        published: 0,
    };
    job.observed().enqueued();
    // The last of four: no worker is around that would count it up.
    let task = TaskBuilder::new(job).attempt(4).max_attempts(4).build();
    let mut service = worker::observed().layer(worker::handler(&running.app));
    let mut future = pin!(service.call(task));
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(false);
        }
        left -= 1;
        future.as_mut().poll(context).map(|_| true)
    })
    .await
}

#[tokio::test]
async fn a_worker_that_is_dropped_at_any_await_point_leaves_nothing_in_flight() {
    let options = Options {
        listen: ([127, 0, 0, 1], 0).into(),
        visitors: false,
        ..Options::default()
    };
    let running = fediverse::start(options).await.unwrap();
    let deliver = [("queue", "federation_out"), ("worker", "deliver")];
    let mut dropped = 0;
    for manner in [Manner::Well, Manner::BadGateway, Manner::Reset] {
        let mut polls = 0;
        while !attempt(&running, manner, polls).await {
            polls += 1;
            dropped += usize::from(polls > 1);
            let scrape = Scrape::of(&running.telemetry.exporter);
            assert_eq!(
                scrape.value("job_in_flight", &deliver),
                Some(0.0),
                "{manner:?} after {polls} polls"
            );
            assert_eq!(
                scrape.value("job_started_total", &deliver),
                Some(scrape.sum("job_finished_total", &deliver)),
                "{manner:?} after {polls} polls"
            );
            assert_eq!(
                scrape.value("http_client_active_requests", &[("purpose", "deliver")]),
                Some(0.0),
                "{manner:?} after {polls} polls"
            );
        }
        assert!(polls > 1, "{manner:?} has await points");
    }

    let scrape = Scrape::of(&running.telemetry.exporter);
    let finished = |outcome| {
        scrape.value(
            "job_finished_total",
            &[deliver[0], deliver[1], ("outcome", outcome)],
        )
    };
    assert_eq!(finished("cancelled"), Some(dropped as f64));
    assert_eq!(finished("success"), Some(1.0));
    assert_eq!(finished("final_failure"), Some(2.0));
    let delivered = scrape
        .value("delivery_attempts_total", &[("outcome", "success")])
        .unwrap();
    let lost = scrape.sum("delivery_lost_total", &[]);
    assert_eq!((delivered, lost), (1.0, 2.0), "the others are pending");

    let ended = |error_type| {
        let labels = [("purpose", "deliver"), ("error_type", error_type)];
        scrape.sum("http_client_requests_total", &labels)
    };
    assert_eq!(["", "http_502", "econnreset"].map(ended), [1.0, 1.0, 1.0]);
    let cancelled = ended("cancelled");
    assert!(
        cancelled > 0.0 && cancelled <= dropped as f64,
        "{cancelled} of {dropped} were dropped while they were asking"
    );
    running.shutdown().await;
}
