//! Pools of other makes, recorders that come late, and pools that misbehave.

use std::future::{pending, ready};

use fedimetrics_core::Exporter;
use fedimetrics_core::pool::{Counts, Pool};
use fedimetrics_core::testing::Scrape;

use crate::exhausted::{Shown, is_pending};

static LATE: Pool = Pool::new("late");

#[tokio::test]
async fn a_pool_of_another_make_says_itself_what_a_timeout_is() {
    let pool = Pool::new("main");
    let exporter = Exporter::builder().watch(&pool).build().unwrap();
    let pool = pool.on(&exporter);
    let timed_out = |got: &Result<u8, &str>| *got == Err("late");
    for got in [Ok(7), Err("late"), Err("broken")] {
        assert_eq!(pool.acquire_judging(ready(got), timed_out).await, got);
    }
    let shown = Shown::of(&exporter, "main");
    assert_eq!(
        (shown.waits, shown.timeouts, shown.pending),
        (3.0, 1.0, 0.0)
    );
}

#[tokio::test]
async fn waiting_that_began_before_a_recorder_was_installed_ends_as_it_began() {
    let wait = || Box::pin(LATE.acquire_judging(pending::<()>(), |()| false));
    let mut before = wait();
    assert!(is_pending(&mut before).await);
    let exporter = Exporter::builder().watch(&LATE).install().unwrap();
    let mut after = wait();
    assert!(is_pending(&mut after).await);
    drop(before);
    assert_eq!(Shown::of(&exporter, "late").pending, 1.0);
    drop(after);
    assert_eq!(Shown::of(&exporter, "late").pending, 0.0);
}

#[tokio::test]
async fn a_pool_that_panics_is_left_out_and_another_can_be_read_instead() {
    let pool = Pool::new("main");
    let exporter = Exporter::builder().watch(&pool).build().unwrap();
    pool.reads(|| -> Counts { panic!("cannot be read") });
    let success =
        |scrape: &Scrape| scrape.value("exporter_collector_success", &[("collector", "pools")]);
    let scrape = Scrape::of(&exporter);
    assert!(!scrape.has("db_client_connection_count"));
    assert_eq!(success(&scrape), Some(0.0));
    pool.reads(|| Counts {
        idle: 2,
        used: 3,
        max: None,
    });
    let scrape = Scrape::of(&exporter);
    assert_eq!(scrape.sum("db_client_connection_count", &[]), 5.0);
    assert!(!scrape.has("db_client_connection_max"), "nobody knows it");
    assert_eq!(success(&scrape), Some(1.0));
}
