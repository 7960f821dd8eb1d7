//! Collectors have as long as the scraper waits.

use std::thread;
use std::time::Duration;

use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Access, Exporter};

use crate::support::{Probe, get, serve};

/// Half of this is left to collectors.
const HURRIED: &[(&str, &str)] = &[("x-prometheus-scrape-timeout-seconds", "1")];

fn success(scrape: &Scrape, collector: &str) -> f64 {
    let labels = [("collector", collector)];
    scrape.value("exporter_collector_success", &labels).unwrap()
}

#[test]
fn what_there_is_no_time_left_for_is_left_out_and_the_slow_one_is_read_last() {
    let slow = Probe::new("slow", || thread::sleep(Duration::from_millis(600)));
    let quick = Probe::new("quick", || {});
    let exporter = Exporter::builder()
        .collect(slow.clone())
        .collect(quick.clone())
        .build()
        .unwrap();
    let (_serving, address) = serve(&exporter, Access::open());

    let first = Scrape::parse(&get(address, HURRIED).text());
    assert_eq!((slow.reads(), quick.reads()), (1, 0));
    assert_eq!(
        (success(&first, "slow"), success(&first, "quick")),
        (1.0, 0.0)
    );
    assert!(
        first
            .value(
                "exporter_collector_duration_seconds",
                &[("collector", "slow")]
            )
            .unwrap()
            > 0.5
    );
    assert!(
        first
            .value(
                "exporter_collector_duration_seconds",
                &[("collector", "quick")]
            )
            .is_none()
    );

    let second = Scrape::parse(&get(address, HURRIED).text());
    assert_eq!(
        (slow.reads(), quick.reads()),
        (2, 1),
        "now that it is known to be slow"
    );
    assert_eq!(
        (success(&second, "slow"), success(&second, "quick")),
        (1.0, 1.0)
    );
}

#[test]
fn one_that_panics_costs_its_own_values_only() {
    let exporter = Exporter::builder()
        .collect(Probe::new("broken", || panic!("as it was told")))
        .collect(Probe::new("sound", || {}))
        .build()
        .unwrap();
    let (_serving, address) = serve(&exporter, Access::open());
    let reply = get(address, HURRIED);
    assert_eq!(reply.status, 200);
    let scrape = Scrape::parse(&reply.text());
    assert_eq!(
        (success(&scrape, "broken"), success(&scrape, "sound")),
        (0.0, 1.0)
    );
    assert_eq!(scrape.value("demo_seen", &[]), Some(1.0));
}

#[test]
fn a_time_that_makes_no_sense_is_as_good_as_none() {
    let exporter = Exporter::builder()
        .collect(Probe::new("probe", || {}))
        .build()
        .unwrap();
    let (_serving, address) = serve(&exporter, Access::open());
    for said in ["-1", "0", "NaN", "inf", "1e400", "soon", ""] {
        let reply = get(address, &[("x-prometheus-scrape-timeout-seconds", said)]);
        let scrape = Scrape::parse(&reply.text());
        assert_eq!(success(&scrape, "probe"), 1.0, "{said:?}");
    }
}
