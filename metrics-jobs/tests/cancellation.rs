//! A worker that is dropped at any of its await points leaves nothing behind.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

mod law;

use std::io;
use std::task::{Context, Waker};

use fedimetrics_core::Exporter;
use fedimetrics_core::testing::Scrape;
use fedimetrics_jobs::{Attempt, Job};
use tokio::task::yield_now;

static DELIVER: Job = Job::delivery("federation_out", "deliver");
static ANNOUNCE: Job = Job::delivery("federation_out", "announce");

const INBOXES: u64 = 3;

/// A worker as hosts write them: it waits before, between, within and after two kinds of delivery.
async fn worker(deliver: &Job, announce: &Job) -> io::Result<()> {
    yield_now().await;
    deliver.enqueued();
    deliver
        .attempt(Attempt::number(1).of(2))
        .run(async {
            yield_now().await;
            yield_now().await;
            io::Result::Ok(())
        })
        .await?;
    announce.enqueued_to(INBOXES);
    yield_now().await;
    announce
        .attempt(Attempt::number(1).of(2).inboxes(INBOXES))
        .run_with(|run| async move {
            for inbox in 0..INBOXES {
                let delivery = run.delivery(&inbox.to_string());
                yield_now().await;
                delivery.success();
                yield_now().await;
            }
            io::Result::Ok(())
        })
        .await?;
    let run = deliver.start(Attempt::number(1));
    yield_now().await;
    run.snooze(fedimetrics_core::Reason::Backoff);
    yield_now().await;
    Ok(())
}

#[test]
fn a_worker_dropped_at_any_await_leaves_nothing_in_flight_and_the_laws_intact() {
    let mut cx = Context::from_waker(Waker::noop());
    for polls in 0.. {
        let exporter = Exporter::builder()
            .watch(&DELIVER)
            .watch(&ANNOUNCE)
            .build()
            .unwrap();
        let (deliver, announce) = (DELIVER.on(&exporter), ANNOUNCE.on(&exporter));
        let mut future = Box::pin(worker(&deliver, &announce));
        let ended = (0..polls).any(|_| future.as_mut().poll(&mut cx).is_ready());
        law::assert_conserved(&Scrape::of(&exporter));
        drop(future);
        let scrape = Scrape::of(&exporter);
        law::assert_conserved(&scrape);
        assert_eq!(scrape.sum("job_in_flight", &[]), 0.0, "after {polls} polls");
        assert_eq!(
            scrape.sum("delivery_lost_total", &[]),
            0.0,
            "a shutdown loses nothing"
        );
        let offered = scrape.sum("delivery_offered_total", &[]);
        assert!((0.0..=offered).contains(&law::pending(&scrape)));
        if ended {
            assert!(polls > 12, "the worker waited at each of its awaits");
            assert_eq!(law::pending(&scrape), 0.0);
            return;
        }
    }
}

#[test]
fn an_attempt_under_way_is_shown_as_the_longest_running_until_it_is_dropped() {
    let job = DELIVER.on(&Exporter::builder().build().unwrap());
    let shown = Exporter::builder().watch(&job).build().unwrap();
    let longest =
        || Scrape::of(&shown).value("job_longest_running_seconds", &[("worker", "deliver")]);
    assert_eq!(longest(), Some(0.0));
    let mut cx = Context::from_waker(Waker::noop());
    let mut future = Box::pin(
        job.attempt(Attempt::only())
            .run(std::future::pending::<io::Result<()>>()),
    );
    assert!(future.as_mut().poll(&mut cx).is_pending());
    assert!(longest().unwrap() > 0.0);
    drop(future);
    assert_eq!(longest(), Some(0.0));
}
