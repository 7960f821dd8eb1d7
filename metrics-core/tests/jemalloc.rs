//! jemalloc's figures, in a program that allocates with it.

#![cfg(feature = "jemalloc")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::hint::black_box;

use fedimetrics_core::Exporter;
use fedimetrics_core::testing::Scrape;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[test]
fn what_is_allocated_is_seen_at_the_next_scrape_and_what_is_freed_too() {
    const SIZE: f64 = 32.0 * 1024.0 * 1024.0;
    let exporter = Exporter::builder().with_jemalloc().build().unwrap();
    let read = || {
        let scrape = Scrape::of(&exporter);
        ["allocated", "active", "resident", "mapped", "retained"].map(|state| {
            scrape
                .value("allocator_bytes", &[("state", state)])
                .unwrap()
        })
    };
    let before = read();
    let held = black_box(vec![1_u8; SIZE as usize]);
    let under = read();
    drop(held);
    let after = read();
    for [allocated, active, resident, mapped, _retained] in [before, under, after] {
        assert!(0.0 < allocated && allocated <= active);
        assert!(active <= resident && active <= mapped);
    }
    let near = |found: f64| (found - SIZE).abs() < SIZE / 8.0;
    assert!(near(under[0] - before[0]), "{before:?} {under:?}");
    assert!(under[2] - before[2] > SIZE / 2.0, "{before:?} {under:?}");
    assert!(near(under[0] - after[0]), "{under:?} {after:?}");
}
