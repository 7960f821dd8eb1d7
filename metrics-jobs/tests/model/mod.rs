//! A queue that knows what became of each inbox, told by the specification and not by the code.

mod script;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Exporter, Reason};
use fedimetrics_jobs::{Attempt, Job};

use crate::law;
pub(crate) use script::{End, Fate, Script};
use script::{Truth, finish, settle, work};

static DELIVER: Job = Job::delivery("federation_out", "deliver");
static ANNOUNCE: Job = Job::delivery("federation_out", "announce");
static DIGEST: Job = Job::new("mail", "digest");

const MAX: u32 = 3;

#[derive(Clone, Debug)]
pub(crate) enum Op {
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

struct UnderWay {
    queued: Queued,
    truth: Rc<Truth>,
    end: End,
    future: Pin<Box<dyn Future<Output = Result<(), Reason>>>>,
}

pub(crate) struct World {
    exporter: Exporter,
    deliver: Job,
    announce: Job,
    digest: Job,
    queue: Vec<Queued>,
    under_way: Vec<UnderWay>,
    /// Inboxes that a job left to somebody else.
    left: u64,
}

impl World {
    pub(crate) fn new() -> Self {
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

    pub(crate) fn apply(&mut self, op: Op) {
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

    /// Drops whatever is under way.
    pub(crate) fn shut_down(&mut self) {
        while !self.under_way.is_empty() {
            self.apply(Op::Abort(0));
        }
    }

    fn pending(&self) -> u64 {
        let under_way = self.under_way.iter();
        let open = under_way.map(|under_way| under_way.queued.open - under_way.truth.settled.get());
        self.left + open.sum::<u64>() + self.queue.iter().map(|queued| queued.open).sum::<u64>()
    }

    pub(crate) fn check(&self) -> Scrape {
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
