//! One attempt that delivers to many inboxes: each is settled once.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

mod law;

use std::io;

use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Exporter, Reason};
use fedimetrics_jobs::{Attempt, Job};

static ANNOUNCE: Job = Job::delivery("federation_out", "announce");
static FETCH: Job = Job::new("federation_in", "fetch");

fn on_its_own() -> (Exporter, Job) {
    let exporter = Exporter::builder().watch(&ANNOUNCE).build().unwrap();
    let job = ANNOUNCE.on(&exporter);
    (exporter, job)
}

fn lost(scrape: &Scrape, how: &str, reason: &str) -> f64 {
    scrape.sum("delivery_lost_total", &[("how", how), ("reason", reason)])
}

#[test]
fn every_pair_that_can_be_lost_reads_zero_from_the_start() {
    let (exporter, _) = on_its_own();
    let scrape = Scrape::of(&exporter);
    for how in ["final_failure", "discard", "dropped"] {
        for reason in Reason::all() {
            let labels = &[
                ("how", how),
                ("reason", reason.as_str()),
                ("blame", reason.blame().as_str()),
            ];
            assert_eq!(
                scrape.value("delivery_lost_total", labels),
                Some(0.0),
                "{how} {reason}"
            );
        }
    }
    assert_eq!(
        scrape.value("delivery_lost_total", &[("how", "expired")]),
        Some(0.0)
    );
    assert_eq!(
        scrape.matching("delivery_lost_total", &[]).count(),
        3 * Reason::COUNT + 1
    );
}

#[test]
fn a_run_with_deliveries_is_no_inbox_itself() {
    let (exporter, job) = on_its_own();
    job.enqueued_to(3);
    let run = job.start(Attempt::number(1).of(3));
    run.delivery("a.example").success();
    run.delivery("b.example").finish(&Ok::<_, io::Error>(()));
    run.delivery("c.example")
        .finish(&Err::<(), _>(Reason::http(502)));
    run.exception(&Reason::http(502));
    let scrape = Scrape::of(&exporter);
    law::assert_conserved(&scrape);
    assert_eq!(scrape.sum("delivery_attempts_total", &[]), 3.0);
    assert_eq!(
        scrape.sum("delivery_attempts_total", &[("outcome", "success")]),
        2.0
    );
    assert_eq!(
        scrape.value("delivery_duration_seconds_count", &[]),
        Some(3.0)
    );
    assert_eq!(
        law::pending(&scrape),
        1.0,
        "the third one will be tried again"
    );
}

#[test]
fn an_inbox_that_fails_on_the_last_attempt_is_lost_at_once() {
    let (exporter, job) = on_its_own();
    job.enqueued_to(2);
    let run = job.start(Attempt::remaining(0).inboxes(2));
    run.delivery("a.example")
        .finish(&Err::<(), _>(Reason::Nxdomain));
    assert_eq!(
        lost(&Scrape::of(&exporter), "final_failure", "nxdomain"),
        1.0
    );
    run.delivery("b.example").success();
    run.success();
    let scrape = Scrape::of(&exporter);
    assert_eq!(scrape.sum("delivery_lost_total", &[]), 1.0);
    assert_eq!(law::pending(&scrape), 0.0);
}

#[test]
fn what_an_attempt_gives_up_is_lost_for_the_reasons_that_it_failed_for() {
    let (exporter, job) = on_its_own();
    job.enqueued_to(5);
    let run = job.start(Attempt::number(1).inboxes(5));
    run.delivery("a.example").success();
    run.delivery("b.example").exception(&Reason::Timeout);
    run.delivery("c.example").discard(&Reason::http(410));
    run.final_failure(&Reason::Db);
    let scrape = Scrape::of(&exporter);
    assert_eq!(lost(&scrape, "final_failure", "timeout"), 1.0);
    assert_eq!(lost(&scrape, "discard", "http_410"), 1.0);
    assert_eq!(
        lost(&scrape, "final_failure", "db"),
        2.0,
        "two were not even tried"
    );
    assert_eq!(law::pending(&scrape), 0.0);
}

#[test]
fn a_run_that_ends_well_without_having_sent_loses_what_it_did_not_send() {
    let (exporter, job) = on_its_own();
    job.enqueued_to(3);
    let run = job.start(Attempt::number(1).of(9).inboxes(3));
    run.delivery("a.example").exception(&Reason::BreakerOpen);
    run.success();
    let scrape = Scrape::of(&exporter);
    assert_eq!(lost(&scrape, "discard", "breaker_open"), 1.0);
    assert_eq!(lost(&scrape, "discard", "other"), 2.0);
    assert_eq!(law::pending(&scrape), 0.0);
}

#[test]
fn an_inbox_that_is_left_to_somebody_else_stays_pending() {
    let (exporter, job) = on_its_own();
    job.enqueued_to(2);
    let run = job.start(Attempt::number(1).inboxes(2));
    run.delivery("a.example").snooze(Reason::Backoff);
    run.delivery("b.example").success();
    run.success();
    let scrape = Scrape::of(&exporter);
    assert_eq!(scrape.sum("delivery_lost_total", &[]), 0.0);
    assert_eq!(law::pending(&scrape), 1.0);
}

#[test]
fn an_inbox_that_was_tried_twice_is_settled_once() {
    let (exporter, job) = on_its_own();
    job.enqueued_to(2);
    let run = job.start(Attempt::number(1).inboxes(2));
    run.delivery("a.example").exception(&Reason::Timeout);
    run.delivery("a.example").success();
    run.delivery("b.example").exception(&Reason::Closed);
    run.final_failure(&Reason::Closed);
    let scrape = Scrape::of(&exporter);
    assert_eq!(lost(&scrape, "final_failure", "closed"), 1.0);
    assert_eq!(scrape.sum("delivery_lost_total", &[]), 1.0);
    assert_eq!(law::pending(&scrape), 0.0);
}

#[test]
fn a_fan_out_that_dies_before_its_first_delivery_loses_all_that_it_was_told_of() {
    let (exporter, job) = on_its_own();
    job.enqueued_to(40);
    job.start(Attempt::only().inboxes(40))
        .finish(&Err::<(), _>(Reason::Db));
    let scrape = Scrape::of(&exporter);
    assert_eq!(lost(&scrape, "final_failure", "db"), 40.0);
    assert_eq!(
        scrape.sum("delivery_attempts_total", &[]),
        0.0,
        "no inbox was tried"
    );
    assert_eq!(law::pending(&scrape), 0.0);
}

#[tokio::test]
async fn a_delivery_that_outlives_its_attempt_settles_itself() {
    for (end, how) in [(0, "final_failure"), (1, "discard")] {
        let (exporter, job) = on_its_own();
        job.enqueued_to(3);
        let run = job.start(Attempt::number(1).inboxes(3));
        let late = [
            run.delivery("a.example"),
            run.delivery("b.example"),
            run.delivery("c.example"),
        ];
        match end {
            0 => run.final_failure(&Reason::Timeout),
            _ => run.success(),
        }
        assert_eq!(
            law::pending(&Scrape::of(&exporter)),
            3.0,
            "nobody knows yet"
        );
        let [delivered, failed, dropped] = late;
        let task = tokio::spawn(async move { delivered.success() });
        failed.exception(&Reason::Closed);
        drop(dropped);
        task.await.unwrap();
        let scrape = Scrape::of(&exporter);
        law::assert_conserved(&scrape);
        assert_eq!(lost(&scrape, how, "closed"), 1.0);
        assert_eq!(lost(&scrape, how, "shutdown"), 1.0);
        assert_eq!(law::pending(&scrape), 0.0);
    }
}

#[tokio::test]
async fn deliveries_can_run_side_by_side_in_tasks_of_their_own() {
    let (exporter, job) = on_its_own();
    job.enqueued_to(20);
    let run = job
        .attempt(Attempt::number(1).of(3).inboxes(20))
        .run_with(|run| async move {
            let mut tasks = tokio::task::JoinSet::new();
            for inbox in 0..20 {
                let run = run.clone();
                tasks.spawn(async move {
                    let delivery = run.delivery(&format!("{inbox}.example"));
                    tokio::task::yield_now().await;
                    delivery.finish(&if inbox % 4 == 0 {
                        Err(Reason::Timeout)
                    } else {
                        Ok(())
                    });
                });
            }
            tasks.join_all().await;
            Err::<(), _>(Reason::Timeout)
        });
    tokio::spawn(run).await.unwrap().unwrap_err();
    let scrape = Scrape::of(&exporter);
    law::assert_conserved(&scrape);
    assert_eq!(
        scrape.sum("delivery_attempts_total", &[("outcome", "success")]),
        15.0
    );
    assert_eq!(law::pending(&scrape), 5.0);
}

#[tokio::test]
async fn a_delivery_under_way_in_a_panic_is_a_panics_failure() {
    let (exporter, job) = on_its_own();
    job.enqueued_to(2);
    let run = job
        .attempt(Attempt::number(3).of(3).inboxes(2))
        .run_with(|run| async move {
            let _delivery = run.delivery("a.example");
            if true {
                panic!("within");
            }
            Ok::<(), io::Error>(())
        });
    assert!(tokio::spawn(run).await.unwrap_err().is_panic());
    let scrape = Scrape::of(&exporter);
    law::assert_conserved(&scrape);
    assert_eq!(lost(&scrape, "final_failure", "panic"), 2.0);
    assert_eq!(scrape.sum("delivery_attempts_total", &[]), 1.0);
}

#[test]
fn what_never_runs_is_lost_by_how_that_came_about() {
    let (exporter, job) = on_its_own();
    job.enqueued();
    job.dropped(Reason::QueueFull);
    job.enqueued_to(7);
    job.dropped_to(7, Reason::Blocked);
    for _ in 0..3 {
        job.enqueued();
    }
    job.expired(3);
    job.enqueued_to(4);
    job.expired_to(4);
    let scrape = Scrape::of(&exporter);
    assert_eq!(lost(&scrape, "dropped", "queue_full"), 1.0);
    assert_eq!(lost(&scrape, "dropped", "blocked"), 7.0);
    assert_eq!(lost(&scrape, "expired", "expired"), 7.0);
    assert_eq!(scrape.sum("job_dropped_total", &[]), 6.0);
    assert_eq!(scrape.sum("job_enqueued_total", &[]), 6.0);
    assert_eq!(law::pending(&scrape), 0.0);
}

#[test]
fn a_job_that_was_not_declared_as_a_delivery_moves_no_delivery_series() {
    let exporter = Exporter::builder().watch(&FETCH).build().unwrap();
    let job = FETCH.on(&exporter);
    job.enqueued_to(3);
    job.dropped(Reason::Backoff);
    let run = job.start(Attempt::only().inboxes(3));
    run.delivery("a.example").success();
    run.final_failure(&Reason::Timeout);
    let scrape = Scrape::of(&exporter);
    law::assert_conserved(&scrape);
    assert!(
        scrape
            .samples()
            .iter()
            .all(|sample| !sample.name.starts_with("delivery_"))
    );
}
