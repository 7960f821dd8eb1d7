//! What does it cost to find out why a request failed?

use std::hint::black_box;
use std::process::ExitCode;

use fedimetrics_benches::{Bench, Scenario, failed};
use fedimetrics_core::Reason;

fn main() -> ExitCode {
    let errors = failed::errors().unwrap_or_else(|error| unreachable!("{error}"));
    let bench = errors
        .into_iter()
        .fold(Bench::default(), |bench, (name, error)| {
            let asked = error.clone();
            // The bare row asks the error one of its own questions, as a host does that has no reasons.
            let bare = move || {
                black_box(asked.is_timeout());
            };
            let ours = move || {
                black_box(Reason::classify(black_box(&*error)));
            };
            bench.scenario(Scenario::new(name, bare).with("ours", ours))
        });
    bench.main()
}
