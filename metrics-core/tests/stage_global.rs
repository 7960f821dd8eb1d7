//! Stages that were timed before a recorder was installed keep nobody from recording after it.

#![allow(clippy::unwrap_used, reason = "a test may")]

use std::future::ready;
use std::pin::pin;
use std::task::{Context, Waker};

use fedimetrics_core::scope::Scope;
use fedimetrics_core::stage::{FETCH, RENDER, Stage, Stages, stage};
use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Exporter, Name};

/// One of each kind, in a request.
fn pass_through() {
    let mut scope = Scope::request(Some(Name::new("/home")));
    let _within = scope.enter();
    drop(Stage::begin(RENDER));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(pin!(stage(FETCH, ready(()))).poll(&mut cx).is_ready());
}

#[test]
fn the_recorder_of_the_process_is_recorded_to_once_it_is_there() {
    pass_through();
    let exporter = Exporter::builder()
        .watch(Stages::global())
        .install()
        .unwrap();
    pass_through();
    let scrape = Scrape::of(&exporter);
    for stage in [RENDER, FETCH] {
        let of_stage = [("http_route", "/home"), ("stage", stage)];
        assert_eq!(
            scrape.value("stage_calls_total", &of_stage),
            Some(1.0),
            "{stage}"
        );
    }
}
