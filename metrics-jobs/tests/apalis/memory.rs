//! The storage in memory: nothing is ever enqueued again, and neither a queue nor a time is told.

use apalis::prelude::*;
use apalis_core::backend::memory::MemoryStorage;
use fedimetrics_jobs::adapter::apalis_1::{Enqueue, Final};

use crate::stack::{Mounted, Seen, Work, ended, observed, run};

async fn row(work: Work, mounted: Mounted, expected: &str) {
    let (exporter, job) = observed();
    let mut queue = MemoryStorage::new();
    let task = TaskBuilder::new(work).max_attempts(3);
    Enqueue::of(job).push(&mut queue, task).await.unwrap();
    run!(
        queue,
        mounted,
        job,
        Final::memory(),
        ended(&exporter, expected)
    );
    Seen::of(&exporter).check();
}

macro_rules! rows {
    ($($name:ident: $work:ident, $outside:literal, $both:literal, $within:literal;)*) => {$(
        #[tokio::test]
        async fn $name() {
            row(Work::$work, Mounted::Outside, $outside).await;
            row(Work::$work, Mounted::Both, $both).await;
            row(Work::$work, Mounted::Within, $within).await;
        }
    )*};
}

rows! {
    a_success_is_one_attempt_wherever_the_layer_is: Succeed,
        "success 1; attempts 1", "success 1; attempts 1", "success 1; attempts 1";
    only_a_layer_within_the_retries_sees_the_failure_before_a_success: FailOnce,
        "success 1; attempts 2",
        "success 1; exception econnrefused 1; attempts 2",
        "success 1; exception econnrefused 1; attempts 2";
    a_failure_is_tried_again_in_the_process_and_then_final: Fail,
        "final_failure econnrefused 1; attempts 2",
        "exception econnrefused 1; final_failure econnrefused 1; attempts 2",
        "exception econnrefused 2; attempts 0";
    what_aborts_is_given_up_at_once: Abort,
        "discard econnrefused 1; attempts 1",
        "discard econnrefused 1; attempts 1",
        "discard econnrefused 1; attempts 1";
    a_caught_panic_is_tried_again_although_it_says_abort: Panic,
        "final_failure panic 1; attempts 2",
        "exception panic 1; final_failure panic 1; attempts 2",
        "exception panic 2; attempts 0";
    a_timeout_is_one_although_the_status_says_running: Hang,
        "final_failure timeout 1; attempts 2",
        "exception timeout 1; final_failure timeout 1; attempts 2",
        "cancelled shutdown 2; attempts 0";
    what_asks_for_another_time_gets_none_from_memory: RetryAfter,
        "final_failure econnrefused 1; attempts 2",
        "exception econnrefused 1; final_failure econnrefused 1; attempts 2",
        "snooze econnrefused 2; attempts 0";
    what_is_deferred_gets_no_other_time_from_memory: Defer,
        "final_failure other 1; attempts 2",
        "exception other 1; final_failure other 1; attempts 2",
        "snooze backoff 2; attempts 0";
}

#[tokio::test]
async fn wait_and_age_are_known_although_memory_tells_no_time() {
    let (exporter, job) = observed();
    let mut queue = MemoryStorage::new();
    let task = TaskBuilder::new(Work::FailOnce);
    Enqueue::of(job).push(&mut queue, task).await.unwrap();
    let expected = "success 1; exception econnrefused 1; attempts 2";
    run!(
        queue,
        Mounted::Both,
        job,
        Final::memory(),
        ended(&exporter, expected)
    );
    let seen = Seen::of(&exporter);
    assert_eq!(
        seen.sum("job_wait_seconds_count", &[]),
        1.0,
        "of the first try"
    );
    assert_eq!(seen.sum("job_age_seconds_count", &[]), 1.0);
    assert!(seen.sum("job_age_seconds_sum", &[]) < 30.0);
}

#[tokio::test]
async fn a_task_that_came_in_another_way_has_neither() {
    let (exporter, job) = observed();
    let mut queue = MemoryStorage::new();
    queue.push(Work::Succeed).await.unwrap();
    let expected = "success 1; attempts 1";
    run!(
        queue,
        Mounted::Both,
        job,
        Final::memory(),
        ended(&exporter, expected)
    );
    let seen = Seen::of(&exporter);
    assert_eq!(seen.sum("job_wait_seconds_count", &[]), 0.0);
    assert_eq!(seen.sum("job_age_seconds_count", &[]), 0.0);
}

#[tokio::test]
async fn tasks_that_a_worker_drops_are_cancelled() {
    let (exporter, job) = observed();
    let mut queue = MemoryStorage::new();
    let task = TaskBuilder::new(Work::Hang);
    Enqueue::of(job).push(&mut queue, task).await.unwrap();
    let begun = async {
        let begun =
            crate::stack::until(async || Seen::of(&exporter).sum("job_in_flight", &[]) == 1.0);
        assert!(begun.await);
    };
    run!(queue, Mounted::Both, job, Final::memory(), begun);
    ended(&exporter, "cancelled shutdown 1; attempts 0").await;
    Seen::of(&exporter).check();
}
