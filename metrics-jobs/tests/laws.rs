//! Both laws, under random interleavings of every outcome, drop, panic and abort, against a model that knows each inbox.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

mod law;
mod model;

use fedimetrics_jobs::Outcome;
use model::{End, Fate, Op, Script, World};
use proptest::prelude::*;

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
        world.shut_down();
        let scrape = world.check();
        prop_assert_eq!(scrape.sum("job_in_flight", &[]), 0.0);
    }
}
