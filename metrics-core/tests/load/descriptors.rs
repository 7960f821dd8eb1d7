//! A leak of file descriptors: they are counted one by one, and nothing else moves.

use std::fs::File;

use crate::server::{MIB, Server};

#[test]
fn each_file_that_is_left_open_is_counted() {
    let server = Server::start();
    let mut leaked = Vec::new();
    let moved = server.under(|| {
        leaked.extend((0..300).map(|_| File::open("/proc/self/stat").unwrap()));
    });
    assert_eq!(moved.by("process_open_fds", &[]), 300.0);
    assert_eq!(moved.by("process_max_fds", &[]), 0.0);
    assert_eq!(moved.by("process_threads", &[]), 0.0);
    assert!(moved.by("process_memory_bytes", &[("kind", "anon")]) < 8.0 * MIB);
    let closed = server.under(|| leaked.clear());
    assert_eq!(closed.by("process_open_fds", &[]), -300.0);
}
