//! Pace: how long a connection may still take for what it does.
//!
//! hyper's own timeout for heads also runs between two requests, so it cannot be both short enough for one who sends a
//! byte a second and long enough for a scraper that comes once a minute. And hyper does not read again while it waits for
//! a client, so a stream cannot keep these times either: the connection's task does.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::listen::Limits;

/// What a connection waits for.
const HEAD: u8 = 0;
const ANSWER: u8 = 1;
const NEXT: u8 = 2;

/// Where a connection is, known to its stream, its service and its task, and to who chooses the one to be closed.
#[derive(Debug)]
pub(super) struct Pace {
    waits_for: AtomicU8,
    begun: Instant,
    /// When a byte was read or written last. Times are in microseconds since it began.
    touched: AtomicU64,
    /// When its head began.
    head: AtomicU64,
    /// Whether the client takes no bytes.
    blocked: AtomicU8,
}

impl Pace {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            waits_for: AtomicU8::new(HEAD),
            begun: Instant::now(),
            touched: AtomicU64::new(0),
            head: AtomicU64::new(0),
            blocked: AtomicU8::new(0),
        })
    }

    /// Some bytes came.
    pub(super) fn read(&self) {
        let now = self.touch();
        let next =
            self.waits_for
                .compare_exchange(NEXT, HEAD, Ordering::Relaxed, Ordering::Relaxed);
        if next.is_ok() {
            self.head.store(now, Ordering::Relaxed);
        }
    }

    /// Some bytes were taken, or none could be.
    pub(super) fn written(&self, taken: bool) {
        if taken {
            self.touch();
        }
        self.blocked.store(u8::from(!taken), Ordering::Relaxed);
    }

    /// A whole head has come.
    pub(super) fn answering(&self) {
        self.waits_for.store(ANSWER, Ordering::Relaxed);
    }

    /// Its answer is made, and about to be written.
    pub(super) fn answered(&self) {
        self.touch();
        self.waits_for.store(NEXT, Ordering::Relaxed);
    }

    /// When something happened on it last.
    pub(super) fn touched(&self) -> Instant {
        self.at(&self.touched)
    }

    /// When it has to be closed if nothing happens; never while an answer is made.
    pub(super) fn deadline(&self, limits: &Limits) -> Option<Instant> {
        if self.blocked.load(Ordering::Relaxed) != 0 {
            return Some(self.touched() + limits.stalled);
        }
        match self.waits_for.load(Ordering::Relaxed) {
            HEAD => Some(self.at(&self.head) + limits.head),
            NEXT => Some(self.touched() + limits.idle),
            _ => None,
        }
    }

    fn at(&self, time: &AtomicU64) -> Instant {
        self.begun + Duration::from_micros(time.load(Ordering::Relaxed))
    }

    fn touch(&self) -> u64 {
        let since = self.begun.elapsed().as_micros();
        let since = u64::try_from(since).unwrap_or(u64::MAX);
        self.touched.store(since, Ordering::Relaxed);
        since
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;
    use crate::endpoint::listener::Listen;

    #[tokio::test(start_paused = true)]
    async fn each_wait_has_its_limit() {
        let limits = Listen::tcp(([127, 0, 0, 1], 0)).limits;
        let pace = Pace::new();
        let left = || {
            let deadline = pace.deadline(&limits);
            deadline.map(|deadline| deadline.duration_since(Instant::now()).as_secs())
        };
        assert_eq!(left(), Some(10));
        advance(Duration::from_secs(4)).await;
        pace.read();
        assert_eq!(left(), Some(6), "a byte does not prolong it");
        pace.answering();
        assert_eq!(left(), None);
        pace.answered();
        assert_eq!(left(), Some(90));
        pace.written(false);
        assert_eq!(left(), Some(30));
        advance(Duration::from_secs(20)).await;
        assert_eq!(left(), Some(10));
        pace.written(true);
        assert_eq!(left(), Some(90));
        advance(Duration::from_secs(89)).await;
        pace.read();
        assert_eq!(left(), Some(10), "a head of its own");
    }
}
