//! Once its series are known, a stage allocates nothing.

#![allow(clippy::unwrap_used, reason = "a test may")]

use std::future::{pending, ready};
use std::pin::pin;
use std::task::{Context, Waker};

use allocation_counter::measure;
use fedimetrics_core::scope::Scope;
use fedimetrics_core::stage::{DB_QUERY, FETCH, RENDER, Stages};
use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Exporter, Name};

/// A stage in every way that it can be passed through, in a request and in a job.
fn stages(stages: &Stages) {
    let mut cx = Context::from_waker(Waker::noop());
    for mut scope in [
        Scope::request(Some(Name::new("/inbox"))),
        Scope::worker(Name::new("deliver")),
    ] {
        let _within = scope.enter();
        drop(stages.begin(RENDER));
        assert!(
            pin!(stages.time(DB_QUERY, ready(())))
                .poll(&mut cx)
                .is_ready()
        );
        assert!(
            pin!(stages.time(FETCH, pending::<()>()))
                .poll(&mut cx)
                .is_pending()
        );
    }
}

#[test]
fn a_stage_allocates_nothing_once_its_series_are_known() {
    let exporter = Exporter::builder().watch(Stages::global()).build().unwrap();
    let timed = Stages::on(&exporter);
    assert!(measure(|| stages(&timed)).count_total > 0, "it counts");
    let spent = measure(|| (0..100).for_each(|_| stages(&timed)));
    assert_eq!(spent.count_total, 0);
    assert_eq!(Scrape::of(&exporter).sum("stage_calls_total", &[]), 606.0);
}
