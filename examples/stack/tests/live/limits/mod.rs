//! Limits: a second run beside the first, with processes of its own that can be harmed without harming those who watch.

mod faults;
mod group;
mod slow;
mod world;

use std::io::{Write, stderr};
use std::sync::mpsc::Receiver;

use crate::injection::wait;

use slow::Slow;
use world::Limited;

/// What a process shows that is in a control group, without any fault.
const SHOWN: [&str; 6] = [
    "overview.json, OOM kills",
    "overview.json, Throttled",
    "overview.json, Shares of limits: memory",
    "runtime.json, CPU: quota",
    "runtime.json, Memory against its limit: ",
    "runtime.json, Throttled, OOM kills",
];

/// All places that this run fills.
pub(crate) fn woken() -> impl Iterator<Item = &'static str> {
    let here = faults::ALL.iter().flat_map(|(_, fault)| fault.wakes);
    let others = slow::FAULT.wakes.iter().chain(faults::IN_QUIET.wakes);
    here.chain(others).chain(&SHOWN).copied()
}

/// What did not notice. Nobody sends anything: the first run is over once nobody can.
pub(crate) fn gather(first_run: &Receiver<()>) -> Vec<String> {
    let (mut limited, mut slow) = (Limited::start(), Slow::start());
    let mut blind = Vec::new();
    match limited.lacks(faults::Needs::Group) {
        None => blind.extend(wait(&limited, &SHOWN, true)),
        Some(why) => skip("what a control group shows", why),
    }
    for (needs, fault) in &faults::ALL {
        match limited.lacks(*needs) {
            None => blind.extend(fault.inject(&mut limited)),
            Some(why) => skip(fault.name, why),
        }
    }
    blind.extend(slow::FAULT.inject(&mut slow));
    let _ = first_run.recv();
    blind.extend(faults::IN_QUIET.inject(&mut limited));
    blind
}

/// Not into what the test harness keeps to itself: somebody is to see that this machine cannot tell.
fn skip(what: &str, why: &str) {
    let _ = writeln!(stderr(), "NOT SHOWN on this machine: {what}: {why}");
}
