//! The way into the queue, and how many inboxes a task has.

use std::io;
use std::time::{Duration, SystemTime};

use apalis::prelude::*;
use apalis_core::backend::memory::MemoryStorage;
use apalis_sqlite::SqliteStorage;
use fedimetrics_core::Reason;
use fedimetrics_jobs::Inside;
use fedimetrics_jobs::adapter::apalis_1::{Enqueue, Final, JobLayer};
use sqlx::SqlitePool;

use crate::stack::{Seen, Work, ended, observed};

async fn announce(inboxes: Vec<String>, run: Data<Inside>) -> Result<(), BoxDynError> {
    let mut failed = None;
    for inbox in inboxes {
        let delivery = run.delivery(&inbox);
        let result = match inbox.as_str() {
            "gone" => Err(Reason::http(410)),
            "down" => Err(Reason::http(503)),
            _ => Ok(()),
        };
        match &result {
            Err(gone) if *gone == Reason::http(410) => delivery.discard(gone),
            result => delivery.finish(result),
        }
        failed = result
            .err()
            .filter(|reason| *reason == Reason::http(503))
            .or(failed);
    }
    failed.map_or(Ok(()), |reason| Err(Box::new(reason) as BoxDynError))
}

#[tokio::test]
async fn each_inbox_of_a_task_is_settled_once_whatever_is_tried_again() {
    let (exporter, job) = observed();
    let mut queue = MemoryStorage::new();
    let inboxes = ["fine", "gone", "down", "down too"]
        .map(str::to_owned)
        .to_vec();
    let published = SystemTime::now() - Duration::from_secs(60);
    Enqueue::of(job)
        .inboxes(4)
        .published_at(published)
        .push(&mut queue, TaskBuilder::new(inboxes))
        .await
        .unwrap();
    let layer = JobLayer::new(job)
        .with_final(Final::memory())
        .with_inboxes();
    let worker = WorkerBuilder::new("announcer")
        .backend(queue)
        .layer(layer)
        .build(announce);
    tokio::select! {
        ended = worker.run() => panic!("{ended:?}"),
        () = ended(&exporter, "final_failure http_503 1; attempts 1") => {}
    }
    let seen = Seen::of(&exporter);
    let delivered = seen.sum("delivery_attempts_total", &[("outcome", "success")]);
    assert_eq!(
        (seen.sum("delivery_offered_total", &[]), delivered),
        (4.0, 2.0)
    );
    let lost = |how, reason| seen.sum("delivery_lost_total", &[("how", how), ("reason", reason)]);
    assert_eq!(
        (
            lost("discard", "http_410"),
            lost("final_failure", "http_503")
        ),
        (1.0, 1.0)
    );
    assert_eq!(seen.sum("delivery_lost_total", &[]), 2.0);
    let lag = seen.sum("delivery_lag_seconds_sum", &[]);
    assert!((120.0..180.0).contains(&lag), "{lag}");
}

#[tokio::test]
async fn what_the_queue_refuses_is_offered_and_dropped() {
    let (exporter, job) = observed();
    let pool = SqlitePool::connect("sqlite::memory:").await.unwrap();
    pool.close().await;
    let mut storage = SqliteStorage::new(&pool);
    let task = TaskBuilder::new(Work::Succeed);
    let pushed = Enqueue::of(job).inboxes(3).push(&mut storage, task).await;
    assert!(pushed.is_err());
    let seen = Seen::of(&exporter);
    assert_eq!(seen.sum("job_enqueued_total", &[]), 1.0);
    assert_eq!(seen.sum("delivery_offered_total", &[]), 3.0);
    assert_eq!(
        seen.sum(
            "delivery_lost_total",
            &[("how", "dropped"), ("reason", "db")]
        ),
        3.0
    );
}

#[tokio::test]
async fn a_worker_with_several_kinds_of_tasks_tells_them_apart() {
    let (exporter, deliver) = observed();
    let other = Box::leak(Box::new(
        fedimetrics_jobs::Job::new("media", "digest").on(&exporter),
    ));
    let other: &'static fedimetrics_jobs::Job = other;
    let mut queue = MemoryStorage::new();
    for number in [1_u32, 2, 3] {
        queue.push(number).await.unwrap();
    }
    let worker = WorkerBuilder::new("several")
        .backend(queue)
        .layer(JobLayer::picking(move |task: &Task<u32>| {
            if task.args == 2 { other } else { deliver }
        }))
        .build(async |number: u32| match number {
            3 => Err(io::Error::from(io::ErrorKind::ConnectionReset)),
            _ => Ok(()),
        });
    tokio::select! {
        ended = worker.run() => panic!("{ended:?}"),
        () = ended(&exporter, "success 2; exception econnreset 1; attempts 2") => {}
    }
    let seen = Seen::of(&exporter);
    assert_eq!(seen.sum("job_finished_total", &[("worker", "digest")]), 1.0);
    assert_eq!(
        seen.sum("job_finished_total", &[("worker", "deliver")]),
        2.0
    );
}
