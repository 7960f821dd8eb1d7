//! The breaker: whether a delivery to a server is worth a place in the queue.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use fedimetrics_core::Reason;
use url::Url;

/// So many failures in a row, and a server is left alone for a while.
const FAILURES: u32 = 12;
/// For so long.
const OPEN: Duration = Duration::from_secs(8);
/// So many unfinished deliveries to one server are enough.
const BACKLOG: usize = 12;
/// So many servers are remembered.
const SERVERS: usize = 10_000;

/// Whether a delivery may enter the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// It may.
    Enqueue,
    /// It is dropped before it gets there.
    Shed(ShedReason),
}

/// Why a delivery is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShedReason {
    /// We do not talk with that server.
    Blocked,
    /// It has failed too often in a row: leave it alone for a while.
    BreakerOpen,
    /// Too many deliveries to it are unfinished.
    QueueFull,
}

impl From<ShedReason> for Reason {
    fn from(reason: ShedReason) -> Self {
        match reason {
            ShedReason::Blocked => Self::Blocked,
            ShedReason::BreakerOpen => Self::BreakerOpen,
            ShedReason::QueueFull => Self::QueueFull,
        }
    }
}

#[derive(Debug, Default)]
struct Server {
    failures: u32,
    open_until: Option<Instant>,
    unfinished: usize,
}

/// What is known of the servers that we deliver to.
#[derive(Debug, Default)]
pub struct Breaker {
    servers: Mutex<HashMap<String, Server>>,
    of_others: bool,
}

impl Breaker {
    /// Where another process delivers: how that goes is heard there, so that everything is let in here.
    #[must_use]
    pub fn of_others() -> Self {
        Self {
            of_others: true,
            ..Self::default()
        }
    }

    /// Decides about one delivery. One that is let in is unfinished until it is [`settled`](Self::settled).
    #[must_use]
    pub fn offer(&self, inbox: &str) -> Offer {
        if self.of_others {
            return Offer::Enqueue;
        }
        self.with(inbox, |server| {
            if server
                .open_until
                .is_some_and(|until| until > Instant::now())
            {
                return Offer::Shed(ShedReason::BreakerOpen);
            }
            if server.unfinished >= BACKLOG {
                return Offer::Shed(ShedReason::QueueFull);
            }
            server.unfinished += 1;
            Offer::Enqueue
        })
    }

    /// Takes note of how an attempt went.
    pub fn heard(&self, inbox: &str, alive: bool) {
        self.with(inbox, |server| {
            if alive {
                server.failures = 0;
                server.open_until = None;
                return;
            }
            server.failures += 1;
            if server.failures >= FAILURES {
                // The next failure but a few opens it again: it is half open until then.
                server.failures = FAILURES / 2;
                server.open_until = Some(Instant::now() + OPEN);
            }
        });
    }

    /// A delivery that was let in has come to its end, whichever.
    pub fn settled(&self, inbox: &str) {
        self.with(inbox, |server| {
            server.unfinished = server.unfinished.saturating_sub(1)
        });
    }

    fn with<T>(&self, inbox: &str, change: impl FnOnce(&mut Server) -> T) -> T {
        let mut servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        if servers.len() >= SERVERS {
            servers.retain(|_, server| server.unfinished > 0);
        }
        change(servers.entry(server_of(inbox)).or_default())
    }
}

/// Host and port of an inbox: what shares them shares its fate.
#[must_use]
pub fn server_of(inbox: &str) -> String {
    Url::parse(inbox)
        .ok()
        .as_ref()
        .and_then(crate::federation::signature::authority)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_keeps_failing_is_left_alone_until_it_is_heard_again() {
        let breaker = Breaker::default();
        for _ in 0..FAILURES {
            assert_eq!(breaker.offer("http://a/inbox"), Offer::Enqueue);
            breaker.heard("http://a/inbox", false);
            breaker.settled("http://a/inbox");
        }
        assert_eq!(
            breaker.offer("http://a/users/x/inbox"),
            Offer::Shed(ShedReason::BreakerOpen)
        );
        assert_eq!(breaker.offer("http://b/inbox"), Offer::Enqueue);
        breaker.heard("http://a/inbox", true);
        assert_eq!(breaker.offer("http://a/inbox"), Offer::Enqueue);
    }

    #[test]
    fn a_server_with_too_much_unfinished_gets_no_more() {
        let breaker = Breaker::default();
        for _ in 0..BACKLOG {
            assert_eq!(breaker.offer("http://a/inbox"), Offer::Enqueue);
        }
        assert_eq!(
            breaker.offer("http://a/inbox"),
            Offer::Shed(ShedReason::QueueFull)
        );
        breaker.settled("http://a/inbox");
        assert_eq!(breaker.offer("http://a/inbox"), Offer::Enqueue);
    }
}
