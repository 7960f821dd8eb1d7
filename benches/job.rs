//! What does an attempt at a job cost, and what does the layer for apalis?

use std::hint::black_box;
use std::process::ExitCode;
use std::time::SystemTime;

use fedimetrics_benches::job::{Minimum, Succeeds, drive};
use fedimetrics_benches::{Bench, Scenario};
use fedimetrics_core::Exporter;
use fedimetrics_jobs::adapter::apalis_1::{Final, JobLayer};
use fedimetrics_jobs::{Attempt, Job, catalogue};
use tower_layer::Layer;

static DELIVER: Job = Job::delivery("federation_out", "deliver");

fn main() -> ExitCode {
    let then = SystemTime::now();
    let job = observed();
    let minimum = Minimum::new(&exporter(), catalogue::ALL);
    let layer = |job| JobLayer::new(job).with_final(Final::sqlite());
    let (task, tries) = (observed(), observed());
    let fan_out = observed().start(Attempt::only());
    Bench::default()
        .scenario(
            Scenario::new("guard", || {
                black_box(1);
            })
            .with("ours", move || {
                let (then, published) = (black_box(then), black_box(then));
                let attempt = Attempt::number(1).of(8);
                let attempt = attempt
                    .available_at(then)
                    .created_at(then)
                    .published_at(published);
                job.start(attempt).success();
            })
            .with("minimum", move || {
                minimum.run(black_box(then), black_box(then))
            }),
        )
        .scenario(
            Scenario::new("inbox", || {
                black_box(1);
            })
            .with("ours", move || {
                fan_out.delivery(black_box("social.example")).success();
            }),
        )
        .scenario(
            Scenario::new("apalis", drive(Succeeds))
                .with("ours", drive(layer(task).layer(Succeeds)))
                .with(
                    "ours-with-attempts",
                    drive(layer(tries).layer(layer(tries).attempts().layer(Succeeds))),
                ),
        )
        .main()
}

/// One each: rows share no counters. Handles keep alive what they count in.
fn exporter() -> Exporter {
    Exporter::builder()
        .build()
        .unwrap_or_else(|error| unreachable!("{error}"))
}

fn observed() -> &'static Job {
    Box::leak(Box::new(DELIVER.on(&exporter())))
}
