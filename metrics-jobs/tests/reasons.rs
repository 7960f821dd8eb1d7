//! Why an attempt failed: what its error tells, and what outgoing requests were told.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

mod ended;
mod law;

use std::error::Error;
use std::future::pending;
use std::io;

use ended::{DELIVER, assert_ended, on_its_own};
use fedimetrics_core::Reason;
use fedimetrics_core::scope::{self, Place};
use fedimetrics_core::testing::Scrape;
use fedimetrics_jobs::Attempt;

fn refused() -> io::Error {
    io::Error::from(io::ErrorKind::ConnectionRefused)
}

#[tokio::test]
async fn what_an_outgoing_request_was_told_explains_an_error_that_does_not() {
    let (exporter, job) = on_its_own(&DELIVER);
    let swallowed = async {
        scope::note(Some(Reason::http(503)));
        Err::<(), _>(String::from("delivery failed"))
    };
    let _ = job.attempt(Attempt::number(1)).run(swallowed).await;
    assert_ended(&exporter, "exception", Some("http_503"));

    let (exporter, job) = on_its_own(&DELIVER);
    let told = async {
        scope::note(Some(Reason::http(503)));
        Err::<(), _>(refused())
    };
    let _ = job.attempt(Attempt::number(1)).run(told).await;
    assert_ended(&exporter, "exception", Some("econnrefused"));
}

#[tokio::test]
async fn an_answer_that_was_swallowed_is_a_discard_for_those_who_ask() {
    let swallowing = || async {
        scope::note(Some(Reason::http(403)));
        Ok::<(), io::Error>(())
    };
    let (exporter, job) = on_its_own(&DELIVER);
    let _ = job.attempt(Attempt::number(1)).run(swallowing()).await;
    assert_ended(&exporter, "success", None);

    let (exporter, job) = on_its_own(&DELIVER);
    job.enqueued();
    let _ = job
        .attempt(Attempt::number(1))
        .trusting_verdict()
        .run(swallowing())
        .await;
    let scrape = assert_ended(&exporter, "discard", Some("http_403"));
    assert_eq!(law::pending(&scrape), 0.0);
    assert_eq!(
        scrape.sum(
            "delivery_lost_total",
            &[("how", "discard"), ("reason", "http_403")]
        ),
        1.0
    );
}

#[tokio::test]
async fn a_request_that_went_well_after_all_explains_nothing() {
    let (exporter, job) = on_its_own(&DELIVER);
    let again = async {
        scope::note(Some(Reason::http(503)));
        scope::note(None);
        Err::<(), _>("what it sent cannot be read")
    };
    let _ = job.attempt(Attempt::number(1)).run(again).await;
    assert_ended(&exporter, "exception", Some("other"));
}

#[tokio::test]
async fn what_is_spawned_is_not_heard() {
    let (exporter, job) = on_its_own(&DELIVER);
    let elsewhere = async {
        let told = tokio::spawn(async {
            tokio::task::yield_now().await;
            scope::note(Some(Reason::http(503)));
            scope::place()
        });
        assert_eq!(told.await.unwrap(), Place::Nowhere);
        Err::<(), _>("delivery failed")
    };
    let _ = job.attempt(Attempt::number(1)).run(elsewhere).await;
    assert_ended(&exporter, "exception", Some("other"));
}

#[tokio::test]
async fn an_attempt_hears_nothing_of_one_that_runs_beside_it() {
    let (exporter, job) = on_its_own(&DELIVER);
    let (other_exporter, other) = on_its_own(&DELIVER);
    let told = async {
        scope::note(Some(Reason::http(503)));
        tokio::task::yield_now().await;
        Err::<(), _>("delivery failed")
    };
    let silent = async {
        tokio::task::yield_now().await;
        Err::<(), _>("delivery failed")
    };
    let told = job.attempt(Attempt::number(1)).run(told);
    let silent = other.attempt(Attempt::number(1)).run(silent);
    let _ = tokio::join!(told, silent);
    assert_ended(&exporter, "exception", Some("http_503"));
    assert_ended(&other_exporter, "exception", Some("other"));
}

/// Asks where it is when it is dropped.
struct AsksAtTheEnd<'a>(&'a std::sync::Mutex<Vec<Place>>);

impl Drop for AsksAtTheEnd<'_> {
    fn drop(&mut self) {
        self.0.lock().unwrap().push(scope::place());
    }
}

#[tokio::test]
async fn the_work_knows_its_worker_in_every_poll_and_when_it_is_dropped() {
    let places = std::sync::Mutex::new(Vec::new());
    let worker = Place::Worker("deliver".into());
    let work = async {
        let _asks = AsksAtTheEnd(&places);
        for _ in 0..3 {
            places.lock().unwrap().push(scope::place());
            tokio::task::yield_now().await;
        }
        Ok::<(), io::Error>(())
    };
    let _ = DELIVER.attempt(Attempt::number(1)).run(work).await;
    assert_eq!(scope::place(), Place::Nowhere);
    let hung = async {
        let _asks = AsksAtTheEnd(&places);
        pending::<Result<(), io::Error>>().await
    };
    let mut hung = Box::pin(DELIVER.attempt(Attempt::number(1)).run(hung));
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(hung.as_mut().poll(&mut cx).is_pending());
    drop(hung);
    assert_eq!(*places.lock().unwrap(), vec![worker; 5]);
}

#[test]
fn one_method_takes_errors_of_every_make() {
    let boxed: Box<dyn Error + Send + Sync> = refused().into();
    let local: Box<dyn Error> = refused().into();
    let (exporter, job) = on_its_own(&DELIVER);
    let start = || job.start(Attempt::number(1));
    start().finish(&Err::<(), _>(refused()));
    start().finish(&Err::<(), _>(
        anyhow::Error::from(refused()).context("digest"),
    ));
    start().finish(&Err::<(), _>(boxed));
    start().finish(&Err::<(), _>(local));
    start().finish(&Err::<(), _>(Reason::Econnrefused));
    start().finish(&Err::<(), _>("hidden"));
    start().finish(&Err::<(), _>(()));
    start().finish(&Ok::<_, io::Error>(7));
    let scrape = Scrape::of(&exporter);
    law::assert_conserved(&scrape);
    assert_eq!(
        scrape.sum("job_failures_total", &[("reason", "econnrefused")]),
        5.0
    );
    assert_eq!(
        scrape.sum("job_failures_total", &[("reason", "other")]),
        2.0
    );
    assert_eq!(
        scrape.sum("job_finished_total", &[("outcome", "success")]),
        1.0
    );
}

#[tokio::test]
async fn what_its_request_was_told_explains_an_error_that_does_not_and_no_other_request_does() {
    let (exporter, job) = on_its_own(&DELIVER);
    let hidden = || Err::<(), _>("delivery failed");
    job.attempt(Attempt::number(1).of(1))
        .run_with(|run| async move {
            let delivery = run.delivery("a.example");
            scope::note(Some(Reason::http(503)));
            delivery.finish(&hidden());
            run.delivery("b.example").finish(&hidden());
            let told = run.delivery("told.example");
            scope::note(Some(Reason::http(429)));
            told.finish(&Err::<(), _>(refused()));
            let two = [run.delivery("c.example"), run.delivery("d.example")];
            scope::note(Some(Reason::http(429)));
            for delivery in two {
                delivery.finish(&hidden());
            }
            let elsewhere = run.delivery("e.example");
            scope::note(Some(Reason::http(404)));
            tokio::spawn(async move { elsewhere.finish(&hidden()) })
                .await
                .unwrap();
            Ok::<(), io::Error>(())
        })
        .await
        .unwrap();
    scope::note(Some(Reason::http(500)));
    let run = job.start(Attempt::number(1).of(1));
    run.delivery("f.example").finish(&hidden());
    run.success();
    scope::note(None);
    let scrape = Scrape::of(&exporter);
    law::assert_conserved(&scrape);
    assert_eq!(
        scrape.sum("delivery_lost_total", &[("reason", "http_503")]),
        1.0
    );
    assert_eq!(
        scrape.sum("delivery_lost_total", &[("reason", "econnrefused")]),
        1.0
    );
    assert_eq!(
        scrape.sum("delivery_lost_total", &[("reason", "other")]),
        5.0
    );
}
