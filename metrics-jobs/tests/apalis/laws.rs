//! Both laws, under random interleavings of tasks that are tried again, dropped, aborted and panic, below every stack.

use std::cell::RefCell;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use apalis::prelude::{AbortError, BoxDynError, DeferredError, Task};
use fedimetrics_core::Reason;
use fedimetrics_jobs::adapter::apalis_1::{Final, JobLayer};
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_oneof, proptest};
use tower::{Layer, Service, service_fn};

use crate::stack::{Seen, observed};

/// One poll of a try.
#[derive(Clone, Copy, Debug)]
enum Step {
    Waits,
    Succeeds,
    Fails,
    Aborts,
    Postpones,
    Panics,
}

type Running = Pin<Box<dyn Future<Output = Result<(), BoxDynError>>>>;

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Waits),
        2 => Just(Step::Succeeds),
        4 => Just(Step::Fails),
        1 => Just(Step::Aborts),
        1 => Just(Step::Postpones),
        1 => Just(Step::Panics),
    ]
}

/// A task that does what its script says, tried up to three times by a retry of its own between the layers.
fn task(job: &'static fedimetrics_jobs::Job, stack: u8, script: Vec<Step>) -> Running {
    let script = Rc::new(RefCell::new(script.into_iter()));
    let inner = service_fn(move |_: Task<u32>| {
        let script = script.clone();
        std::future::poll_fn(move |_| {
            let step = script.borrow_mut().next();
            match step.unwrap_or(Step::Succeeds) {
                Step::Waits => Poll::Pending,
                Step::Succeeds => Poll::Ready(Ok(())),
                Step::Fails => Poll::Ready(Err(Box::new(Reason::http(503)) as BoxDynError)),
                Step::Aborts => Poll::Ready(Err(AbortError::new(Reason::Blocked).into())),
                Step::Postpones => Poll::Ready(Err(DeferredError::new("later").into())),
                Step::Panics => panic!("on purpose"),
            }
        })
    });
    let (outer, within) = (
        JobLayer::new(job).with_final(Final::memory()),
        JobLayer::new(job).attempts(),
    );
    let retried = |mut inner: Box<dyn FnMut() -> Running>| -> Running {
        Box::pin(async move {
            let mut result = Ok(());
            for _ in 0..3 {
                result = inner().await;
                match &result {
                    Err(error) if !error.is::<AbortError>() => {}
                    _ => break,
                }
            }
            result
        })
    };
    let tries: Box<dyn FnMut() -> Running> = if stack == 0 {
        let mut inner = inner;
        Box::new(move || Box::pin(inner.call(Task::new(1))))
    } else {
        let mut inner = within.layer(inner);
        Box::new(move || Box::pin(inner.call(Task::new(1))))
    };
    if stack == 2 {
        return retried(tries);
    }
    let tries = RefCell::new(Some(tries));
    let mut whole = outer.layer(service_fn(move |_: Task<u32>| {
        retried(tries.borrow_mut().take().unwrap())
    }));
    Box::pin(whole.call(Task::new(1)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_laws_hold_whatever_a_task_does_and_wherever_the_layers_are(
        scripts in prop::collection::vec((0..3_u8, prop::collection::vec(step(), 0..8)), 1..8),
        turns in prop::collection::vec((any::<usize>(), 0..16_u8), 0..60),
    ) {
        let (exporter, job) = observed();
        let mut tasks: Vec<Running> = Vec::new();
        for (stack, script) in scripts {
            job.enqueued();
            tasks.push(task(job, stack, script));
        }
        let mut cx = Context::from_waker(Waker::noop());
        for (which, what) in turns {
            if tasks.is_empty() {
                break;
            }
            let at = which % tasks.len();
            if what == 0 {
                drop(tasks.swap_remove(at));
                continue;
            }
            let polled = catch_unwind(AssertUnwindSafe(|| tasks[at].as_mut().poll(&mut cx)));
            if !matches!(polled, Ok(Poll::Pending)) {
                drop(tasks.swap_remove(at));
            }
        }
        drop(tasks);
        Seen::of(&exporter).check();
    }
}
