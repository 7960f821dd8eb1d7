//! What other servers send: every result is counted, and what was published in the future is not early.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use std::time::{Duration, SystemTime};

use fedimetrics_core::Exporter;
use fedimetrics_core::testing::Scrape;
use fedimetrics_jobs::{Inbound, Rejection};

static INBOX: Inbound = Inbound::new();

fn count(scrape: &Scrape, result: &str) -> Option<f64> {
    scrape.value("federation_inbound_total", &[("result", result)])
}

#[test]
fn every_result_reads_zero_from_the_first_scrape() {
    let scrape = Scrape::of(&Exporter::builder().watch(&INBOX).build().unwrap());
    assert_eq!(count(&scrape, "accepted"), Some(0.0));
    for why in Rejection::ALL {
        assert_eq!(count(&scrape, why.as_str()), Some(0.0), "{why:?}");
    }
    let lags = scrape.value("federation_inbound_lag_seconds_count", &[]);
    assert_eq!(lags, Some(0.0));
    let last = scrape.value("federation_inbound_last_accepted_timestamp_seconds", &[]);
    assert_eq!(last, Some(0.0), "none yet");
}

#[test]
fn each_result_is_counted_as_itself() {
    let exporter = Exporter::builder().build().unwrap();
    let inbox = INBOX.on(&exporter);
    inbox.accepted_undated();
    for (times, why) in (2..).zip(Rejection::ALL) {
        (0..times).for_each(|_| inbox.rejected(*why));
    }
    let scrape = Scrape::of(&exporter);
    assert_eq!(count(&scrape, "accepted"), Some(1.0));
    for (times, why) in (2..).zip(Rejection::ALL) {
        assert_eq!(
            count(&scrape, why.as_str()),
            Some(f64::from(times)),
            "{why:?}"
        );
    }
    let lags = scrape.value("federation_inbound_lag_seconds_count", &[]);
    assert_eq!(lags, Some(0.0), "undated ones have no lag");
    let last = scrape.value("federation_inbound_last_accepted_timestamp_seconds", &[]);
    assert!(last.unwrap() > 1.6e9);
}

#[test]
fn a_clock_that_is_ahead_makes_no_negative_lag() {
    let exporter = Exporter::builder().build().unwrap();
    let inbox = INBOX.on(&exporter);
    inbox.accepted(SystemTime::now() + Duration::from_secs(3600));
    inbox.accepted(SystemTime::now() - Duration::from_secs(50));
    let scrape = Scrape::of(&exporter);
    let within = |le| scrape.value("federation_inbound_lag_seconds_bucket", &[("le", le)]);
    assert_eq!(within("0.05"), Some(1.0));
    assert_eq!(within("30"), Some(1.0));
    assert_eq!(within("60"), Some(2.0));
    let sum = scrape.sum("federation_inbound_lag_seconds_sum", &[]);
    assert!((50.0..55.0).contains(&sum), "{sum}");
}

#[test]
fn without_a_recorder_nothing_is_counted_and_nothing_is_kept() {
    static EARLY: Inbound = Inbound::new();
    EARLY.accepted_undated();
    EARLY.rejected(Rejection::Malformed);
    let exporter = Exporter::builder().build().unwrap();
    metrics::with_local_recorder(&exporter.recorder(), || EARLY.accepted_undated());
    let scrape = Scrape::of(&exporter);
    assert_eq!(
        count(&scrape, "accepted"),
        Some(1.0),
        "the early ones went nowhere"
    );
    assert_eq!(count(&scrape, "malformed"), Some(0.0));
}
