//! One test for each way in which an attempt can end.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[path = "law/mod.rs"]
mod law;

use std::error::Error;
use std::future::{pending, ready};
use std::io::{self, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, SystemTime};

use fedimetrics_core::scope::{self, Place};
use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Exporter, Reason};
use fedimetrics_jobs::{Attempt, Job, Outcome};

static DELIVER: Job =
    Job::delivery("federation_out", "deliver").time_limit(Duration::from_secs(30));
static DIGEST: Job = Job::new("mail", "digest").every(Duration::from_secs(86_400));

/// A job on an exporter of its own.
fn on_its_own(job: &Job) -> (Exporter, Job) {
    let exporter = Exporter::builder().watch(job).build().unwrap();
    let job = job.on(&exporter);
    (exporter, job)
}

/// Checks that one attempt ended, in this and nothing else.
fn assert_ended(exporter: &Exporter, outcome: &str, reason: Option<&str>) -> Scrape {
    let scrape = Scrape::of(exporter);
    law::assert_conserved(&scrape);
    assert_eq!(scrape.sum("job_in_flight", &[]), 0.0);
    assert_eq!(scrape.sum("job_finished_total", &[]), 1.0);
    assert_eq!(
        scrape.sum("job_finished_total", &[("outcome", outcome)]),
        1.0,
        "{outcome}"
    );
    if let Some(reason) = reason {
        let labels = &[("outcome", outcome), ("reason", reason)];
        assert_eq!(scrape.sum("job_failures_total", labels), 1.0, "{scrape:?}");
    }
    scrape
}

fn refused() -> io::Error {
    io::Error::from(ErrorKind::ConnectionRefused)
}

#[tokio::test]
async fn what_succeeds_is_a_success_and_comes_back_untouched() {
    let (exporter, job) = on_its_own(&DELIVER);
    let result = job
        .attempt(Attempt::number(1).of(3))
        .run(ready(Ok::<_, io::Error>("sent")))
        .await;
    assert_eq!(result.unwrap(), "sent");
    let scrape = assert_ended(&exporter, "success", None);
    assert_eq!(
        scrape.sum("delivery_attempts_total", &[("outcome", "success")]),
        1.0
    );
    assert_eq!(scrape.sum("delivery_lost_total", &[]), 0.0);
    assert!(scrape.sum("job_last_success_timestamp_seconds", &[]) > 1.7e9);
}

#[tokio::test]
async fn what_fails_is_an_exception_until_the_last_attempt() {
    let (exporter, job) = on_its_own(&DELIVER);
    let result = job
        .attempt(Attempt::number(2).of(3))
        .run(ready(Err::<(), _>(refused())))
        .await;
    assert_eq!(result.unwrap_err().kind(), ErrorKind::ConnectionRefused);
    let scrape = assert_ended(&exporter, "exception", Some("econnrefused"));
    assert_eq!(scrape.sum("delivery_lost_total", &[]), 0.0);
    let why = &[
        ("outcome", "exception"),
        ("reason", "econnrefused"),
        ("blame", "them"),
    ];
    assert_eq!(scrape.sum("delivery_attempt_failures_total", why), 1.0);
}

#[tokio::test]
async fn what_fails_on_the_last_attempt_is_final_and_lost() {
    let (exporter, job) = on_its_own(&DELIVER);
    let attempt = Attempt::number(3)
        .of(3)
        .created_at(SystemTime::now() - Duration::from_secs(7200));
    let _ = job
        .attempt(attempt)
        .run(ready(Err::<(), _>(refused())))
        .await;
    let scrape = assert_ended(&exporter, "final_failure", Some("econnrefused"));
    let lost = &[
        ("how", "final_failure"),
        ("reason", "econnrefused"),
        ("blame", "them"),
    ];
    assert_eq!(scrape.value("delivery_lost_total", lost), Some(1.0));
    assert_eq!(scrape.sum("delivery_lost_total", &[]), 1.0);
    assert_eq!(scrape.value("job_attempts_sum", &[]), Some(3.0));
    assert_eq!(
        scrape.value("job_age_seconds_bucket", &[("le", "3600")]),
        Some(0.0)
    );
    assert_eq!(
        scrape.value("job_age_seconds_bucket", &[("le", "21600")]),
        Some(1.0)
    );
}

#[tokio::test]
async fn a_failure_is_never_final_where_no_maximum_is_known() {
    let (exporter, job) = on_its_own(&DELIVER);
    let _ = job
        .attempt(Attempt::number(99))
        .run(ready(Err::<(), _>(refused())))
        .await;
    assert_ended(&exporter, "exception", Some("econnrefused"));
}

#[tokio::test]
async fn the_worker_can_say_what_an_error_means() {
    for (decided, outcome) in [
        (Outcome::Discard, "discard"),
        (Outcome::FinalFailure, "final_failure"),
        (Outcome::Snooze, "snooze"),
        (Outcome::Success, "success"),
    ] {
        let (exporter, job) = on_its_own(&DELIVER);
        let gone = ready(Err::<(), _>(Reason::http(410)));
        let _ = job
            .attempt(Attempt::number(1).of(3))
            .run_deciding(gone, |_| Some(decided))
            .await;
        assert_ended(
            &exporter,
            outcome,
            (decided != Outcome::Success).then_some("http_410"),
        );
    }
    let (exporter, job) = on_its_own(&DELIVER);
    let failed = ready(Err::<(), _>(Reason::Timeout));
    let _ = job
        .attempt(Attempt::number(3).of(3))
        .run_deciding(failed, |_| None)
        .await;
    assert_ended(&exporter, "final_failure", Some("timeout"));
}

#[tokio::test]
async fn the_work_itself_can_say_how_it_ends() {
    let (exporter, job) = on_its_own(&DELIVER);
    let result = job
        .attempt(Attempt::number(1).of(3))
        .run_with(|run| async move {
            run.ends_as(Outcome::Snooze, Reason::Backoff);
            run.ends_as(Outcome::Discard, Reason::BreakerOpen);
            Ok::<_, io::Error>(())
        })
        .await;
    assert!(result.is_ok());
    let scrape = assert_ended(&exporter, "discard", Some("breaker_open"));
    assert_eq!(
        scrape.sum("delivery_lost_total", &[("how", "discard")]),
        1.0
    );
}

#[tokio::test]
async fn a_panic_is_counted_when_it_happens_wherever_it_is_caught() {
    for (attempt, outcome) in [(1, "exception"), (3, "final_failure")] {
        let (exporter, job) = on_its_own(&DELIVER);
        let work = async {
            if attempt > 0 {
                panic!("within");
            }
            Ok::<(), io::Error>(())
        };
        let mut future = Box::pin(job.attempt(Attempt::number(attempt).of(3)).run(work));
        let caught = catch_unwind(AssertUnwindSafe(|| {
            let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
            let _ = future.as_mut().poll(&mut cx);
        }));
        assert!(caught.is_err());
        let scrape = assert_ended(&exporter, outcome, Some("panic"));
        let lost = f64::from(u8::from(attempt == 3));
        assert_eq!(
            scrape.sum(
                "delivery_lost_total",
                &[("reason", "panic"), ("blame", "us")]
            ),
            lost
        );
        drop(future);
        assert_ended(&exporter, outcome, Some("panic"));
        assert_eq!(scope::place(), Place::Nowhere);
    }
}

#[tokio::test]
async fn a_closure_that_panics_while_deciding_is_a_panic() {
    let (exporter, job) = on_its_own(&DELIVER);
    let failed = ready(Err::<(), _>(Reason::Timeout));
    let run = job
        .attempt(Attempt::number(1))
        .run_deciding(failed, |_| panic!("deciding"));
    let joined = tokio::spawn(run).await;
    assert!(joined.unwrap_err().is_panic());
    assert_ended(&exporter, "exception", Some("panic"));
}

#[tokio::test]
async fn a_task_that_is_aborted_is_cancelled_and_its_inbox_pending() {
    let (exporter, job) = on_its_own(&DELIVER);
    job.enqueued();
    let (started, wait) = tokio::sync::oneshot::channel();
    let run = job.attempt(Attempt::number(3).of(3)).run(async {
        let _ = started.send(());
        pending::<Result<(), io::Error>>().await
    });
    let task = tokio::spawn(run);
    wait.await.unwrap();
    assert_eq!(Scrape::of(&exporter).sum("job_in_flight", &[]), 1.0);
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    let scrape = assert_ended(&exporter, "cancelled", Some("shutdown"));
    assert_eq!(law::pending(&scrape), 1.0);
}

#[test]
fn an_attempt_that_a_foreign_panic_drops_is_cancelled() {
    let (exporter, job) = on_its_own(&DELIVER);
    let mut future = Box::pin(
        job.attempt(Attempt::only())
            .run(pending::<Result<(), io::Error>>()),
    );
    let caught = catch_unwind(AssertUnwindSafe(move || {
        let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(future.as_mut().poll(&mut cx).is_pending());
        panic!("elsewhere");
    }));
    assert!(caught.is_err());
    assert_ended(&exporter, "cancelled", Some("shutdown"));
}

#[test]
fn what_is_never_polled_never_began() {
    let (exporter, job) = on_its_own(&DELIVER);
    drop(
        job.attempt(Attempt::number(1))
            .run(ready(Ok::<(), io::Error>(()))),
    );
    let scrape = Scrape::of(&exporter);
    assert_eq!(scrape.sum("job_started_total", &[]), 0.0);
    assert_eq!(scrape.sum("job_finished_total", &[]), 0.0);
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
    let _ = job
        .attempt(Attempt::number(1))
        .trusting_verdict()
        .run(swallowing())
        .await;
    let scrape = assert_ended(&exporter, "discard", Some("http_403"));
    assert_eq!(
        scrape.sum(
            "delivery_lost_total",
            &[("how", "discard"), ("reason", "http_403")]
        ),
        1.0
    );
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
fn the_bare_guard_says_each_outcome() {
    type End = fn(fedimetrics_jobs::Run);
    let ends: [(&str, Option<&str>, End); 6] = [
        ("success", None, |run| run.success()),
        ("exception", Some("econnrefused"), |run| {
            run.exception(&refused())
        }),
        ("final_failure", Some("http_410"), |run| {
            run.final_failure(&Reason::http(410))
        }),
        ("discard", Some("blocked"), |run| {
            run.discard(&Reason::Blocked)
        }),
        ("snooze", Some("backoff"), |run| run.snooze(Reason::Backoff)),
        ("cancelled", Some("shutdown"), |run| run.cancel()),
    ];
    for (outcome, reason, end) in ends {
        for job in [&DELIVER, &DIGEST] {
            let (exporter, job) = on_its_own(job);
            end(job.start(Attempt::number(1).of(3)));
            assert_ended(&exporter, outcome, reason);
        }
    }
}

#[test]
fn the_bare_guard_is_cancelled_when_it_is_dropped_and_a_panics_failure_when_it_unwinds() {
    let (exporter, job) = on_its_own(&DELIVER);
    drop(job.start(Attempt::number(1)));
    assert_ended(&exporter, "cancelled", Some("shutdown"));

    for (attempt, outcome) in [
        (Attempt::number(1).of(3), "exception"),
        (Attempt::remaining(0), "final_failure"),
    ] {
        let (exporter, job) = on_its_own(&DELIVER);
        let caught = catch_unwind(AssertUnwindSafe(|| {
            let _run = job.start(attempt);
            panic!("within");
        }));
        assert!(caught.is_err());
        assert_ended(&exporter, outcome, Some("panic"));
    }
}

#[test]
fn one_method_takes_errors_of_every_make() {
    let boxed: Box<dyn Error + Send + Sync> = refused().into();
    let local: Box<dyn Error> = refused().into();
    let (exporter, job) = on_its_own(&DIGEST);
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

#[test]
fn wait_age_and_lag_are_counted_where_their_times_are_known() {
    let (exporter, job) = on_its_own(&DELIVER);
    let ago = |seconds| SystemTime::now() - Duration::from_secs(seconds);
    let attempt = Attempt::number(2)
        .available_at(ago(20))
        .created_at(ago(50))
        .published_at(ago(200));
    job.start(attempt).success();
    job.start(Attempt::number(1)).success();
    let early = Attempt::number(1).available_at(SystemTime::now() + Duration::from_secs(60));
    job.start(early).success();
    let scrape = Scrape::of(&exporter);
    for (name, count, le, below) in [
        ("job_wait_seconds", 2.0, "15", 1.0),
        ("job_wait_seconds", 2.0, "30", 2.0),
        ("job_age_seconds", 1.0, "10", 0.0),
        ("job_age_seconds", 1.0, "60", 1.0),
        ("delivery_lag_seconds", 1.0, "120", 0.0),
        ("delivery_lag_seconds", 1.0, "300", 1.0),
    ] {
        assert_eq!(
            scrape.value(&format!("{name}_count"), &[]),
            Some(count),
            "{name}"
        );
        assert_eq!(
            scrape.value(&format!("{name}_bucket"), &[("le", le)]),
            Some(below),
            "{name} {le}"
        );
    }
    assert_eq!(scrape.value("job_attempts_sum", &[]), Some(4.0));
}
