//! Both laws, under random interleavings of every outcome, drop, panic and abort, against a model that knows each inbox.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[path = "law/mod.rs"]
mod law;

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Exporter, Reason};
use fedimetrics_jobs::{Attempt, Delivery, Inside, Job, Outcome, Run};
use proptest::prelude::*;
use tokio::task::yield_now;

static DELIVER: Job = Job::delivery("federation_out", "deliver");
static ANNOUNCE: Job = Job::delivery("federation_out", "announce");
static DIGEST: Job = Job::new("mail", "digest");

const MAX: u32 = 3;
const WHY: Reason = Reason::Timeout;

/// What becomes of one delivery of many.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Says(Outcome),
    Fails,
    Succeeds,
    PanicsWithin,
}

/// What becomes of an attempt, unless it is dropped before.
#[derive(Clone, Copy, Debug)]
enum End {
    Succeeds,
    Fails,
    Says(Outcome),
    Panics,
}

#[derive(Clone, Debug)]
struct Script {
    fates: Vec<Fate>,
    end: End,
    /// Whether the attempt is told how many inboxes it has, where it can be left out.
    told: bool,
}

#[derive(Clone, Debug)]
enum Op {
    Enqueue(u64),
    Begin(usize, Script),
    Bare(usize, Script),
    Poll(usize),
    Abort(usize),
    Drop(usize),
    Expire(usize),
    Digest(End),
}

/// A job in the queue, as the queue knows it.
#[derive(Debug)]
struct Queued {
    fan_out: bool,
    open: u64,
    attempts: u32,
}

/// What an attempt has done to its inboxes so far.
#[derive(Debug, Default)]
struct Truth {
    settled: Cell<u64>,
    left: Cell<u64>,
}

struct UnderWay {
    queued: Queued,
    truth: Rc<Truth>,
    end: End,
    future: Pin<Box<dyn Future<Output = Result<(), Reason>>>>,
}

struct World {
    exporter: Exporter,
    deliver: Job,
    announce: Job,
    digest: Job,
    queue: Vec<Queued>,
    under_way: Vec<UnderWay>,
    /// Inboxes that a job left to somebody else.
    left: u64,
}

impl Truth {
    /// What this fate does to an inbox, told by the specification and not by the code.
    fn note(&self, fate: Fate, last: bool) {
        let settles = match fate {
            Fate::Succeeds => true,
            Fate::Fails | Fate::PanicsWithin => last,
            Fate::Says(outcome) => outcome.is_terminal(),
        };
        self.settled.set(self.settled.get() + u64::from(settles));
        let leaves = matches!(fate, Fate::Says(Outcome::Snooze));
        self.left.set(self.left.get() + u64::from(leaves));
    }
}

fn settle(delivery: Delivery, fate: Fate) {
    match fate {
        Fate::Succeeds => delivery.finish(&Ok::<(), Reason>(())),
        Fate::Fails => delivery.finish(&Err::<(), _>(WHY)),
        Fate::Says(Outcome::Success) => delivery.success(),
        Fate::Says(Outcome::Exception) => delivery.exception(&WHY),
        Fate::Says(Outcome::FinalFailure) => delivery.final_failure(&WHY),
        Fate::Says(Outcome::Discard) => delivery.discard(&WHY),
        Fate::Says(Outcome::Snooze) => delivery.snooze(WHY),
        Fate::Says(Outcome::Cancelled) => drop(delivery),
        Fate::PanicsWithin => {
            let _delivery = delivery;
            // Unwinds without printing.
            resume_unwind(Box::new("within a delivery"))
        }
    }
}

async fn work(run: Inside, script: Script, truth: Rc<Truth>, last: bool) -> Result<(), Reason> {
    for fate in script.fates {
        yield_now().await;
        let delivery = run.delivery("inbox.example");
        yield_now().await;
        truth.note(fate, last);
        settle(delivery, fate);
    }
    yield_now().await;
    match script.end {
        End::Succeeds => Ok(()),
        End::Fails => Err(WHY),
        End::Panics => resume_unwind(Box::new("within the work")),
        End::Says(outcome) => {
            run.ends_as(outcome, WHY);
            Ok(())
        }
    }
}

fn finish(run: Run, end: End) {
    match end {
        End::Succeeds => run.finish(&Ok::<(), Reason>(())),
        End::Fails => run.finish(&Err::<(), _>(WHY)),
        End::Says(Outcome::Success) => run.success(),
        End::Says(Outcome::Exception) => run.exception(&WHY),
        End::Says(Outcome::FinalFailure) => run.final_failure(&WHY),
        End::Says(Outcome::Discard) => run.discard(&WHY),
        End::Says(Outcome::Snooze) => run.snooze(WHY),
        End::Says(Outcome::Cancelled) => drop(run),
        End::Panics => {
            let _run = run;
            resume_unwind(Box::new("within the worker"))
        }
    }
}

impl World {
    fn new() -> Self {
        let builder = Exporter::builder().watch(&DELIVER).watch(&ANNOUNCE);
        let exporter = builder.watch(&DIGEST).build().unwrap();
        Self {
            deliver: DELIVER.on(&exporter),
            announce: ANNOUNCE.on(&exporter),
            digest: DIGEST.on(&exporter),
            exporter,
            queue: Vec::new(),
            under_way: Vec::new(),
            left: 0,
        }
    }

    fn apply(&mut self, op: Op) {
        match op {
            Op::Enqueue(0) => {
                self.deliver.enqueued();
                self.queue.push(Queued {
                    fan_out: false,
                    open: 1,
                    attempts: 0,
                });
            }
            Op::Enqueue(open) => {
                self.announce.enqueued_to(open);
                self.queue.push(Queued {
                    fan_out: true,
                    open,
                    attempts: 0,
                });
            }
            Op::Begin(which, script) => self.begin(which, script),
            Op::Bare(which, script) => self.bare(which, script),
            Op::Poll(which) => self.poll(which),
            Op::Abort(which) => {
                if let Some(aborted) = take(&mut self.under_way, which) {
                    drop(aborted.future);
                    self.goes_on(aborted.queued, &aborted.truth);
                }
            }
            Op::Drop(which) => {
                if let Some(queued) = take(&mut self.queue, which) {
                    self.job(&queued).dropped_to(queued.open, Reason::Blocked);
                }
            }
            Op::Expire(which) => {
                if let Some(queued) = take(&mut self.queue, which) {
                    match queued.fan_out {
                        true => self.announce.expired_to(queued.open),
                        false => self.deliver.expired(1),
                    }
                }
            }
            Op::Digest(end) => {
                let run = self.digest.start(Attempt::number(1));
                let _ = catch_unwind(AssertUnwindSafe(|| finish(run, end)));
            }
        }
    }

    fn job(&self, queued: &Queued) -> &Job {
        if queued.fan_out {
            &self.announce
        } else {
            &self.deliver
        }
    }

    /// Takes a job out of the queue for its next attempt.
    fn next(&mut self, which: usize, script: &mut Script) -> Option<(Queued, Attempt)> {
        let mut queued = take(&mut self.queue, which)?;
        queued.attempts += 1;
        script.fates.truncate(if queued.fan_out {
            queued.open as usize
        } else {
            0
        });
        let panics = matches!(script.end, End::Panics)
            || script
                .fates
                .iter()
                .any(|fate| matches!(fate, Fate::PanicsWithin));
        let all = queued.open > 0 && script.fates.len() as u64 == queued.open && !panics;
        let attempt = Attempt::number(queued.attempts).of(MAX);
        // An attempt that is not told, and begins no delivery, is one inbox.
        let told = queued.fan_out && (script.told || !all);
        let attempt = if told {
            attempt.inboxes(queued.open)
        } else {
            attempt
        };
        Some((queued, attempt))
    }

    fn begin(&mut self, which: usize, mut script: Script) {
        let Some((queued, attempt)) = self.next(which, &mut script) else {
            return;
        };
        let (truth, end) = (Rc::new(Truth::default()), script.end);
        let prepared = self.job(&queued).attempt(attempt);
        let inner = truth.clone();
        let future = prepared.run_with(|run| work(run, script, inner, attempt.is_last()));
        let future: Pin<Box<dyn Future<Output = _>>> = Box::pin(future);
        self.under_way.push(UnderWay {
            queued,
            truth,
            end,
            future,
        });
    }

    fn bare(&mut self, which: usize, mut script: Script) {
        let Some((queued, attempt)) = self.next(which, &mut script) else {
            return;
        };
        let truth = Truth::default();
        let run = self.job(&queued).start(attempt);
        let worked = catch_unwind(AssertUnwindSafe(|| {
            for fate in &script.fates {
                let delivery = run.delivery("inbox.example");
                truth.note(*fate, attempt.is_last());
                settle(delivery, *fate);
            }
            finish(run, script.end);
        }));
        let end = if worked.is_err() {
            End::Panics
        } else {
            script.end
        };
        self.ended(queued, &truth, end);
    }

    fn poll(&mut self, which: usize) {
        let Some(mut polled) = take(&mut self.under_way, which) else {
            return;
        };
        let mut cx = Context::from_waker(Waker::noop());
        match catch_unwind(AssertUnwindSafe(|| polled.future.as_mut().poll(&mut cx))) {
            Ok(Poll::Pending) => self.under_way.push(polled),
            Ok(Poll::Ready(_)) => self.ended(polled.queued, &polled.truth, polled.end),
            Err(_) => self.ended(polled.queued, &polled.truth, End::Panics),
        }
    }

    fn ended(&mut self, queued: Queued, truth: &Truth, end: End) {
        let over = match end {
            End::Succeeds => true,
            End::Fails | End::Panics => queued.attempts >= MAX,
            End::Says(outcome) => outcome.is_terminal(),
        };
        if over {
            // What the job leaves open is lost, but for what it left to somebody else.
            self.left += truth.left.get();
        } else {
            self.goes_on(queued, truth);
        }
    }

    fn goes_on(&mut self, mut queued: Queued, truth: &Truth) {
        queued.open -= truth.settled.get();
        self.queue.push(queued);
    }

    fn pending(&self) -> u64 {
        let under_way = self.under_way.iter();
        let open = under_way.map(|under_way| under_way.queued.open - under_way.truth.settled.get());
        self.left + open.sum::<u64>() + self.queue.iter().map(|queued| queued.open).sum::<u64>()
    }

    fn check(&self) -> Scrape {
        let scrape = Scrape::of(&self.exporter);
        law::assert_conserved(&scrape);
        assert_eq!(
            law::pending(&scrape),
            self.pending() as f64,
            "offered = delivered + lost + pending"
        );
        scrape
    }
}

fn take<T>(all: &mut Vec<T>, which: usize) -> Option<T> {
    let at = which.checked_rem(all.len())?;
    Some(all.swap_remove(at))
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop::sample::select(Outcome::ALL)
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        3 => Just(Fate::Succeeds),
        3 => Just(Fate::Fails),
        6 => outcome().prop_map(Fate::Says),
        1 => Just(Fate::PanicsWithin),
    ]
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![
        2 => Just(End::Succeeds),
        4 => Just(End::Fails),
        4 => outcome().prop_map(End::Says),
        2 => Just(End::Panics),
    ]
}

fn script() -> impl Strategy<Value = Script> {
    (prop::collection::vec(fate(), 0..4), end(), any::<bool>())
        .prop_map(|(fates, end, told)| Script { fates, end, told })
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        4 => (0..5_u64).prop_map(Op::Enqueue),
        6 => (any::<usize>(), script()).prop_map(|(which, script)| Op::Begin(which, script)),
        3 => (any::<usize>(), script()).prop_map(|(which, script)| Op::Bare(which, script)),
        20 => any::<usize>().prop_map(Op::Poll),
        2 => any::<usize>().prop_map(Op::Abort),
        1 => any::<usize>().prop_map(Op::Drop),
        1 => any::<usize>().prop_map(Op::Expire),
        1 => end().prop_map(Op::Digest),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_laws_hold_whatever_happens_in_whatever_order(ops in prop::collection::vec(op(), 1..80)) {
        let mut world = World::new();
        for (at, op) in ops.into_iter().enumerate() {
            world.apply(op);
            // A scrape takes longer than all the rest.
            if at % 8 == 0 {
                world.check();
            }
        }
        // A shutdown drops whatever is under way.
        while !world.under_way.is_empty() {
            world.apply(Op::Abort(0));
        }
        let scrape = world.check();
        prop_assert_eq!(scrape.sum("job_in_flight", &[]), 0.0);
    }
}
