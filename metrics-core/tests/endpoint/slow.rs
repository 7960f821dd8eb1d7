//! Clients that dawdle, and those that send too much.

use std::io::{ErrorKind, Read, Write};
use std::time::Duration;

use fedimetrics_core::endpoint::Listen;
use fedimetrics_core::{Access, Endpoint, Exporter};

use crate::support::{Reply, connect, get, serve, serve_on, until};

const SOON: Duration = Duration::from_millis(100);

fn exporter() -> Exporter {
    Exporter::builder().build().unwrap()
}

/// What is still to be read, until the other side closes.
fn rest(stream: &mut impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    // A reset is an end as well; that nothing comes is none.
    if let Err(error) = stream.read_to_end(&mut bytes) {
        assert_eq!(error.kind(), ErrorKind::ConnectionReset, "still open");
    }
    bytes
}

#[test]
fn half_a_request_keeps_nobody_waiting_and_is_cut_off() {
    let (_serving, address) = serve_on(&exporter(), Access::open(), |listen| {
        listen.with_head_timeout(SOON)
    });
    let mut silent = connect(address);
    let mut half = connect(address);
    half.write_all(b"GET /metrics HTTP/1.1\r\nhost: te")
        .unwrap();
    assert_eq!(get(address, &[]).status, 200);
    assert_eq!(rest(&mut half), b"");
    assert_eq!(rest(&mut silent), b"");
}

#[test]
fn a_byte_now_and_then_does_not_prolong_it() {
    let (_serving, address) = serve_on(&exporter(), Access::open(), |listen| {
        listen.with_head_timeout(SOON)
    });
    let mut drip = connect(address);
    drip.write_all(b"GET /metrics HTTP/1.1\r\nx: ").unwrap();
    until("it is cut off", || drip.write_all(b"x").is_err());
}

#[test]
fn between_two_requests_there_is_more_time_than_within_one() {
    let (_serving, address) = serve_on(&exporter(), Access::open(), |listen| {
        listen.with_head_timeout(SOON)
    });
    let mut kept = connect(address);
    let mut ask = |path: &str| {
        write!(kept, "GET {path} HTTP/1.1\r\nhost: test\r\n\r\n").unwrap();
        let mut bytes = Vec::new();
        let mut piece = [0; 1024];
        loop {
            let length = kept.read(&mut piece).unwrap();
            assert!(length > 0, "closed: {:?}", String::from_utf8_lossy(&bytes));
            bytes.extend_from_slice(&piece[..length]);
            if bytes.windows(4).any(|window| window == b"\r\n\r\n") {
                return Reply::parse(&bytes).status;
            }
        }
    };
    assert_eq!(ask("/other"), 404);
    // Until one that came later was cut off.
    assert_eq!(rest(&mut connect(address)), b"");
    assert_eq!(ask("/other"), 404);
    // And half a request is no longer within the time for the next one to begin.
    kept.write_all(b"GET /half").unwrap();
    assert_eq!(rest(&mut kept), b"");
}

#[test]
fn a_connection_that_is_not_used_again_is_closed() {
    let (_serving, address) = serve_on(&exporter(), Access::open(), |listen| {
        listen.with_idle_timeout(SOON)
    });
    let mut idle = connect(address);
    idle.write_all(b"GET /other HTTP/1.1\r\nhost: test\r\n\r\n")
        .unwrap();
    assert_eq!(Reply::parse(&rest(&mut idle)).status, 404);
}

#[test]
fn heads_that_are_too_large_are_refused() {
    let (_serving, address) = serve(&exporter(), Access::open());
    let many: String = (0..100)
        .map(|number| format!("x-{number}: y\r\n"))
        .collect();
    let long = format!("x: {}\r\n", "y".repeat(64 * 1024));
    for headers in [many, long] {
        let mut stream = connect(address);
        let head = format!("GET /metrics HTTP/1.1\r\nhost: test\r\n{headers}\r\n");
        let _ = stream.write_all(head.as_bytes());
        let bytes = rest(&mut stream);
        // What was sent too much can make it a reset, and then nothing may be left to read.
        assert!(bytes.is_empty() || Reply::parse(&bytes).status == 431);
        assert_eq!(get(address, &[]).status, 200);
    }
}

#[test]
fn what_is_no_http_is_refused() {
    let (_serving, address) = serve(&exporter(), Access::open());
    let mut stream = connect(address);
    stream
        .write_all(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n")
        .unwrap();
    assert_eq!(Reply::parse(&rest(&mut stream)).status, 400);
    assert_eq!(get(address, &[]).status, 200);
}

#[test]
fn who_does_not_read_keeps_nobody_waiting_and_is_cut_off() {
    const LENGTH: usize = 32 * 1024 * 1024;
    let text = "x".repeat(LENGTH);
    let serving = Endpoint::over(move || text.clone(), Access::open())
        .serve(Listen::tcp(([127, 0, 0, 1], 0)).with_stall_timeout(SOON))
        .unwrap();
    let address = serving.local_addr().unwrap();
    let mut lazy = connect(address);
    lazy.write_all(b"GET /metrics HTTP/1.1\r\nhost: test\r\n\r\n")
        .unwrap();
    let mut first = [0];
    lazy.read_exact(&mut first).unwrap();
    assert_eq!(
        get(address, &[]).body.len(),
        LENGTH,
        "another one has it whole meanwhile"
    );
    let mut written = true;
    until("it is cut off", || {
        // Whoever writes to a connection that was closed is told so.
        written = lazy.write_all(b"x").is_ok();
        !written
    });
    assert!(rest(&mut lazy).len() < LENGTH);
}

#[test]
fn whoever_holds_connections_keeps_nobody_out() {
    let (_serving, address) = serve_on(&exporter(), Access::open(), |listen| {
        listen
            .with_connections(3)
            .with_head_timeout(Duration::from_secs(3600))
    });
    let mut held: Vec<_> = (0..12).map(|_| connect(address)).collect();
    assert_eq!(get(address, &[]).status, 200);
    // The first ones made room.
    for stream in &mut held[..9] {
        assert_eq!(rest(stream), b"");
    }
}
