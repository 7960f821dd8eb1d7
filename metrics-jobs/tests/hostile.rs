//! A hundred thousand servers that nobody has heard of cost a bounded memory and not one series.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use allocation_counter::measure;
use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Exporter, Reason};
use fedimetrics_jobs::{Attempt, Job, Targets};

static DELIVER: Job = Job::delivery("federation_out", "deliver");
static TARGETS: Targets = Targets::new().with_lasting();

/// One name in a thousand is a mebibyte of what is no name, with its number where it is looked at.
fn name(n: usize) -> String {
    match n % 1000 {
        0 => format!("{n}\u{0}\u{202e}\"\\\n{}", "\u{fffd}é".repeat(200_000)),
        1 => format!("https://x:y@{n}.example:99999/../{}", "/".repeat(1 << 20)),
        2 => format!("{n} {}", "\u{1f4a9}".repeat(70)),
        _ => format!("{n}.hostile.example"),
    }
}

/// How many bytes are kept of it.
fn deliver_to(job: &Job, names: std::ops::Range<usize>) -> i64 {
    let spent = measure(|| {
        for n in names {
            let run = job.start(Attempt::number(1).of(1)).to(&name(n));
            match n % 3 {
                0 => run.success(),
                1 => run.exception(&Reason::Timeout),
                _ => run.final_failure(&Reason::http(410)),
            }
        }
    });
    spent.bytes_current
}

#[test]
fn a_hundred_thousand_hostile_names_are_bounded_and_make_no_series() {
    let store = Exporter::builder().watch(&DELIVER).build().unwrap();
    let (job, targets) = (DELIVER.on(&store), TARGETS.on(&store));
    let exporter = Exporter::builder()
        .watch(&job)
        .watch(&targets)
        .build()
        .unwrap();
    deliver_to(&job, 0..3);
    let lines = |exporter: &Exporter| exporter.render().lines().count();
    let (recorded, read) = (lines(&store), lines(&exporter));

    let half = deliver_to(&job, 3..50_000);
    let rest = deliver_to(&job, 50_000..100_000);
    assert!(half < 2_500_000, "50,000 servers take {half} bytes");
    assert!(rest < 4096, "more than that take nothing: {rest} bytes");

    assert_eq!(lines(&store), recorded, "no new series");
    assert_eq!(lines(&exporter), read, "no new lines");
    let scrape = Scrape::of(&exporter);
    let known = ["ok", "failing", "given_up"].map(|state| {
        scrape
            .value("delivery_targets", &[("state", state)])
            .unwrap()
    });
    assert_eq!(known.iter().sum::<f64>(), 50_000.0);
    let untracked = Scrape::of(&store).value("delivery_targets_untracked_total", &[]);
    assert_eq!(untracked, Some(50_000.0));
    assert!(targets.failing().iter().all(|one| one.target.len() <= 253));
    let json: serde_json::Value = serde_json::from_str(&targets.json()).unwrap();
    assert_eq!(json["failing"].as_array().unwrap().len(), 50);
    assert!(targets.json().len() < 50 * 2000);
    println!("50,000 servers take {half} bytes, 100,000 {}", half + rest);
}
