//! Memory that grows: which kind it is, and what stays when it is given back.

use std::hint::black_box;

use crate::server::{MIB, Server};

#[test]
fn what_a_program_holds_is_anonymous_and_its_peak_stays() {
    const SIZE: usize = 96 << 20;
    let server = Server::start();
    let mut held = Vec::new();
    let grown = server.under(|| {
        held = vec![0_u8; SIZE];
        // A page is only there once something is written to it.
        held.iter_mut().step_by(4096).for_each(|byte| *byte = 1);
        black_box(&held);
    });
    let most = SIZE as f64 - MIB;
    let kind = |kind| grown.by("process_memory_bytes", &[("kind", kind)]);
    // Meanwhile a machine with too little may have swapped some of it out.
    assert!(kind("anon") + kind("swap") > most, "{}", kind("anon"));
    assert!(grown.by("process_virtual_memory_bytes", &[]) > most);
    assert!(kind("file").abs() < 8.0 * MIB && kind("shmem").abs() < MIB);
    assert!(grown.by("process_peak_resident_memory_bytes", &[]) > 0.0);
    assert_eq!(grown.by("process_open_fds", &[]), 0.0);
    assert_eq!(grown.by("process_threads", &[]), 0.0);

    let freed = server.under(|| held = Vec::new());
    let anon = freed.by("process_memory_bytes", &[("kind", "anon")]);
    let swap = freed.by("process_memory_bytes", &[("kind", "swap")]);
    assert!(anon + swap < -most, "{anon}");
    // The kernel counts a core at a time, so it is not exact.
    assert!(freed.by("process_peak_resident_memory_bytes", &[]) > -MIB);
}

#[test]
fn the_kinds_add_up_to_what_is_resident() {
    let server = Server::start();
    let scrape = server.scrape();
    let parts: f64 = ["anon", "file", "shmem"]
        .iter()
        .map(|kind| {
            scrape
                .value("process_memory_bytes", &[("kind", kind)])
                .unwrap()
        })
        .sum();
    let resident = scrape.value("process_resident_memory_bytes", &[]);
    assert_eq!(Some(parts), resident);
}
