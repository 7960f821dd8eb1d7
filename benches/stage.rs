//! What does a stage cost around a piece of work that is ready at once, in a request and in a job?

use std::future::ready;
use std::hint::black_box;
use std::pin::pin;
use std::process::ExitCode;
use std::task::{Context, Waker};

use fedimetrics_benches::{Bench, Scenario};
use fedimetrics_core::scope::Scope;
use fedimetrics_core::stage::{DB_QUERY, RENDER, Stage, Stages, stage};
use fedimetrics_core::{Exporter, Name};

fn main() -> ExitCode {
    let _exporter = Exporter::builder()
        .watch(Stages::global())
        .install()
        .unwrap_or_else(|error| unreachable!("{error}"));
    let inbox = || Scope::request(Some(Name::new("/users/{name}/inbox")));
    let deliver = || Scope::worker(Name::new("deliver"));
    Bench::default()
        .scenario(
            Scenario::new("stage-future", within(inbox(), || polled(ready(7)))).with(
                "ours",
                within(inbox(), || polled(stage(DB_QUERY, ready(7)))),
            ),
        )
        .scenario(
            Scenario::new("stage-guard", within(deliver(), || ()))
                .with("ours", within(deliver(), || drop(Stage::begin(RENDER)))),
        )
        .scenario(
            Scenario::new("stage-nowhere", || polled(ready(7)))
                .with("ours", || polled(stage(DB_QUERY, ready(7)))),
        )
        .main()
}

fn within(mut scope: Scope, work: impl Fn() + 'static) -> impl FnMut() + 'static {
    move || {
        let _within = scope.enter();
        work();
    }
}

fn polled(future: impl Future<Output = u32>) {
    let mut cx = Context::from_waker(Waker::noop());
    let polled = pin!(future).poll(&mut cx);
    assert!(black_box(polled).is_ready());
}
