//! A sampler serves its last reading until it is too old, says when it fails, and keeps no scrape waiting.

#![cfg(feature = "tokio")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use std::collections::VecDeque;
use std::future::pending;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Exporter, Instance};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::{Instant, advance};

const INTERVAL: Duration = Duration::from_secs(60);
const LIMIT: Duration = Duration::from_secs(5);

/// What a reading does.
#[derive(Clone, Copy)]
enum Reads {
    Users(u64),
    Fails,
    Panics,
    PanicsAtOnce,
    Hangs,
}

struct Sampled {
    exporter: Exporter,
    task: JoinHandle<()>,
    began: UnboundedReceiver<Instant>,
}

impl Sampled {
    /// One reading after the other, the last one again and again.
    fn begin(readings: impl IntoIterator<Item = Reads>) -> Self {
        let instance = Instance::sampled_every(INTERVAL);
        let exporter = Exporter::builder().watch(&instance).build().unwrap();
        let readings: Arc<Mutex<VecDeque<Reads>>> =
            Arc::new(Mutex::new(readings.into_iter().collect()));
        let (begins, began) = unbounded_channel();
        let task = tokio::spawn(instance.sample(LIMIT, move || {
            begins.send(Instant::now()).unwrap();
            let reads = {
                let mut readings = readings.lock().unwrap();
                let reads = readings[0];
                if readings.len() > 1 {
                    readings.pop_front();
                }
                reads
            };
            assert!(!matches!(reads, Reads::PanicsAtOnce), "at once");
            read(reads)
        }));
        Self {
            exporter,
            task,
            began,
        }
    }

    /// Waits until so many readings have begun, and what is ready has run.
    async fn readings(&mut self, number: usize) {
        for _ in 0..number {
            self.began.recv().await.unwrap();
        }
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
    }

    fn users(&self) -> Option<f64> {
        Scrape::of(&self.exporter).value("fediverse_local_users", &[])
    }

    fn success(&self) -> Option<f64> {
        let of_instance = [("collector", "instance")];
        Scrape::of(&self.exporter).value("exporter_collector_success", &of_instance)
    }
}

async fn read(reads: Reads) -> io::Result<Instance> {
    match reads {
        Reads::Users(users) => Ok(Instance {
            local_users: Some(users),
            ..Instance::default()
        }),
        Reads::Fails => Err(io::ErrorKind::ConnectionRefused.into()),
        Reads::Panics | Reads::PanicsAtOnce => panic!("when polled"),
        Reads::Hangs => pending().await,
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_read_is_shown_and_what_is_not_counted_is_absent() {
    let mut sampled = Sampled::begin([Reads::Users(3)]);
    assert_eq!((sampled.users(), sampled.success()), (None, Some(0.0)));
    sampled.readings(1).await;
    assert_eq!((sampled.users(), sampled.success()), (Some(3.0), Some(1.0)));
    let scrape = Scrape::of(&sampled.exporter);
    for absent in [
        "fediverse_local_posts",
        "fediverse_remote_users",
        "fediverse_known_servers",
    ] {
        assert!(!scrape.has(absent), "{absent}");
    }
}

#[tokio::test(start_paused = true)]
async fn it_is_read_again_at_its_interval_give_or_take_a_tenth() {
    let mut sampled = Sampled::begin((0..50).map(Reads::Users));
    let mut before = sampled.began.recv().await.unwrap();
    let mut waits = Vec::new();
    for _ in 0..40 {
        let began = sampled.began.recv().await.unwrap();
        waits.push(began - before);
        before = began;
    }
    // The clock of tokio counts in whole milliseconds.
    let (least, most) = (
        INTERVAL * 9 / 10,
        INTERVAL * 11 / 10 + Duration::from_millis(2),
    );
    assert!(
        waits.iter().all(|wait| (least..=most).contains(wait)),
        "{waits:?}"
    );
    assert!(waits.iter().any(|wait| *wait != waits[0]), "{waits:?}");
}

#[tokio::test(start_paused = true)]
async fn whichever_way_a_reading_fails_the_last_one_is_served_until_it_is_too_old() {
    for fails in [
        Reads::Fails,
        Reads::Panics,
        Reads::PanicsAtOnce,
        Reads::Hangs,
    ] {
        let mut sampled = Sampled::begin([Reads::Users(7), fails]);
        sampled.readings(1).await;
        let read_at = Instant::now();
        assert_eq!((sampled.users(), sampled.success()), (Some(7.0), Some(1.0)));
        sampled.readings(1).await;
        advance(LIMIT + Duration::from_millis(1)).await;
        sampled.readings(0).await;
        assert_eq!((sampled.users(), sampled.success()), (Some(7.0), Some(0.0)));
        advance(INTERVAL * 3 - read_at.elapsed()).await;
        assert_eq!(sampled.users(), Some(7.0));
        advance(Duration::from_millis(1)).await;
        assert_eq!((sampled.users(), sampled.success()), (None, Some(0.0)));
        assert!(!sampled.task.is_finished());
    }
}

#[tokio::test(start_paused = true)]
async fn it_recovers() {
    let fails = [
        Reads::Users(1),
        Reads::Panics,
        Reads::Fails,
        Reads::Users(9),
    ];
    let mut sampled = Sampled::begin(fails);
    sampled.readings(4).await;
    assert_eq!((sampled.users(), sampled.success()), (Some(9.0), Some(1.0)));
}

#[tokio::test(start_paused = true)]
async fn once_nobody_reads_any_more_it_says_so_and_grows_old() {
    let mut sampled = Sampled::begin([Reads::Users(7)]);
    sampled.readings(1).await;
    sampled.task.abort();
    sampled.readings(0).await;
    assert_eq!((sampled.users(), sampled.success()), (Some(7.0), Some(0.0)));
    advance(INTERVAL * 3 + Duration::from_millis(1)).await;
    assert_eq!(sampled.users(), None);
}

#[tokio::test(start_paused = true)]
async fn a_reading_that_hangs_keeps_no_scrape_waiting() {
    let mut sampled = Sampled::begin([Reads::Hangs]);
    sampled.readings(1).await;
    assert_eq!((sampled.users(), sampled.success()), (None, Some(0.0)));
}
