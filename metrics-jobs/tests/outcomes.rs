//! One test for each way in which an attempt can end by itself.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

mod ended;
mod law;

use std::future::ready;
use std::io::{self, ErrorKind};
use std::time::{Duration, SystemTime};

use ended::{DELIVER, assert_ended, on_its_own};
use fedimetrics_core::Reason;
use fedimetrics_core::testing::Scrape;
use fedimetrics_jobs::{Attempt, Job, Outcome};

static DIGEST: Job = Job::new("mail", "digest").every(Duration::from_secs(86_400));

fn refused() -> io::Error {
    io::Error::from(io::ErrorKind::ConnectionRefused)
}

#[tokio::test]
async fn what_succeeds_is_a_success_and_comes_back_untouched() {
    let (exporter, job) = on_its_own(&DELIVER);
    job.enqueued();
    let result = job
        .attempt(Attempt::number(1).of(3))
        .run(ready(Ok::<_, io::Error>("sent")))
        .await;
    assert_eq!(result.unwrap(), "sent");
    let scrape = assert_ended(&exporter, "success", None);
    assert_eq!(law::pending(&scrape), 0.0);
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

#[test]
fn attempts_and_age_are_counted_when_a_job_is_over_and_not_before() {
    let (exporter, job) = on_its_own(&DELIVER);
    let start = || job.start(Attempt::number(2).created_at(SystemTime::now()));
    start().exception(&Reason::Timeout);
    start().snooze(Reason::Backoff);
    start().cancel();
    let counts = || {
        let scrape = Scrape::of(&exporter);
        (
            scrape.value("job_attempts_count", &[]),
            scrape.value("job_age_seconds_count", &[]),
        )
    };
    assert_eq!(counts(), (Some(0.0), Some(0.0)));
    start().success();
    start().final_failure(&Reason::Timeout);
    start().discard(&Reason::Blocked);
    assert_eq!(counts(), (Some(3.0), Some(3.0)));
}
