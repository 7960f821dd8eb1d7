//! A load that waits for its disk: bytes are counted, the disk's pressure moves, and no core is used.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::time::Instant;

use crate::server::{MIB, Server};

#[test]
fn a_disk_that_is_waited_for_shows_as_such() {
    const BLOCK: usize = 256 * 1024;
    let server = Server::start();
    // Not where temporary files are: those may be in memory.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut file = File::create(folder.path().join("load")).unwrap();
    let (block, mut written) = (vec![7_u8; BLOCK], 0.0);
    let io = [("resource", "io")];
    let pressure = |scrape: &fedimetrics_core::testing::Scrape| {
        scrape.sum("pressure_waiting_seconds_total", &io)
    };
    let before = server.scrape();
    let moved = server.under(|| {
        let begun = Instant::now();
        // Until it is seen, where it can be seen.
        while begun.elapsed().as_millis() < 500
            || (before.has("pressure_waiting_seconds_total")
                && pressure(&server.scrape()) <= pressure(&before))
        {
            assert!(
                begun.elapsed().as_secs() < 60,
                "no pressure after {written}"
            );
            file.seek(SeekFrom::Start(0)).unwrap();
            file.write_all(&block).unwrap();
            file.sync_all().unwrap();
            written += BLOCK as f64;
        }
        drop(file);
    });
    if moved.has("process_io_bytes_total") {
        let bytes = |direction| moved.by("process_io_bytes_total", &[("direction", direction)]);
        assert!(bytes("write") >= written, "{} of {written}", bytes("write"));
        assert!(bytes("read") < bytes("write"));
    }
    // Whoever waits for a disk does not compute, and tasks go on.
    let used = moved.by("process_cpu_seconds_total", &[]);
    assert!(used < moved.seconds, "{used} in {}", moved.seconds);
    let answers = moved.by("tokio_schedule_delay_seconds_count", &[("pool", "async")]);
    assert!(answers >= 1.0);
    assert!(moved.by("process_memory_bytes", &[("kind", "anon")]) < 16.0 * MIB);
    assert_eq!(moved.by("process_open_fds", &[]), -1.0);
}
