//! Port: a free one, kept until somebody listens on it.

use std::net::{SocketAddr, TcpListener};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

/// The kernel gives these to nobody by itself: neither to a connection nor to who asks for any free one.
const FIRST: u32 = 10_000;
const COUNT: u32 = 20_000;

/// How many were tried.
static TRIED: AtomicU32 = AtomicU32::new(0);

/// A free port, kept until somebody listens on it.
pub(super) struct Port {
    number: u16,
    kept: Option<TcpListener>,
}

impl Port {
    pub(super) fn keep() -> Self {
        loop {
            // Tests that run at the same time in other processes begin somewhere else.
            let tried = TRIED.fetch_add(1, Ordering::Relaxed) + process::id() * 31;
            let number = u16::try_from(FIRST + tried % COUNT).unwrap();
            if let Ok(kept) = TcpListener::bind(("127.0.0.1", number)) {
                let kept = Some(kept);
                return Self { number, kept };
            }
        }
    }

    pub(super) const fn number(&self) -> u16 {
        self.number
    }

    /// For somebody to listen on now.
    pub(super) fn release(&mut self) -> SocketAddr {
        self.kept = None;
        SocketAddr::from(([127, 0, 0, 1], self.number))
    }
}
