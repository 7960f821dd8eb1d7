//! Reasons of the host's own, in every family of jobs and deliveries that has a reason. In a process of its own, since
//! they are the process's.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

mod law;

use std::io;

use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Blame, Exporter, Reason, Word};
use fedimetrics_jobs::{Attempt, Job};

static DELIVER: Job = Job::delivery("federation_out", "deliver");

const SUSPENDED: Word = Word::new("suspended", Blame::Us);
const MOVED: Word = Word::new("moved", Blame::Gone);

#[test]
fn a_word_of_the_hosts_own_stands_wherever_a_reason_does() {
    // The order in which a builder is told does not matter.
    let builder = Exporter::builder().watch(&DELIVER);
    let exporter = builder.with_reasons(&[SUSPENDED, MOVED]).build().unwrap();
    let job = DELIVER.on(&exporter);

    let scrape = Scrape::of(&exporter);
    for how in ["final_failure", "discard", "dropped"] {
        for (reason, blame) in [("suspended", "us"), ("moved", "gone")] {
            let lost = [("how", how), ("reason", reason), ("blame", blame)];
            assert_eq!(
                scrape.value("delivery_lost_total", &lost),
                Some(0.0),
                "{lost:?}"
            );
        }
    }
    assert_eq!(
        scrape.matching("delivery_lost_total", &[]).count(),
        3 * (Reason::COUNT + 2) + 1
    );

    job.enqueued_to(4);
    let wrapped = io::Error::other(SUSPENDED.reason().because("by a moderator"));
    job.start(Attempt::number(1).of(1))
        .finish(&Err::<(), _>(wrapped));
    job.start(Attempt::number(1)).discard(&MOVED.reason());
    job.start(Attempt::number(1)).exception(&SUSPENDED.reason());
    job.dropped(SUSPENDED.reason());

    let scrape = Scrape::of(&exporter);
    law::assert_conserved(&scrape);
    assert_eq!(law::pending(&scrape), 1.0, "one will be tried again");
    let sum = |family, reason| scrape.sum(family, &[("reason", reason)]);
    assert_eq!(sum("job_failures_total", "suspended"), 2.0);
    assert_eq!(sum("job_failures_total", "moved"), 1.0);
    assert_eq!(sum("job_dropped_total", "suspended"), 1.0);
    assert_eq!(sum("delivery_attempt_failures_total", "suspended"), 2.0);
    assert_eq!(sum("delivery_attempt_failures_total", "moved"), 1.0);
    assert_eq!(sum("delivery_lost_total", "suspended"), 2.0);
    let lost = [("how", "discard"), ("reason", "moved"), ("blame", "gone")];
    assert_eq!(scrape.value("delivery_lost_total", &lost), Some(1.0));
}
