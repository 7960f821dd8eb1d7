//! The breaker: whether a delivery to a server is worth a place in the queue.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use fedimetrics_core::Reason;
use fedimetrics_jobs::{Peer, PeerState};
use url::Url;

use crate::model::clock;

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
    /// When that was published which it has not got yet, in milliseconds since 1970.
    unfinished: Vec<i64>,
}

impl Server {
    fn is_open(&self) -> bool {
        self.open_until.is_some_and(|until| until > Instant::now())
    }

    /// One that is left alone is held to be gone, for that while.
    fn seen(&self, now: i64) -> Peer {
        let oldest = self.unfinished.iter().min();
        let state = match (self.is_open(), self.failures, oldest) {
            (true, _, _) => PeerState::Dead,
            (false, 1.., _) => PeerState::Failing,
            (false, 0, Some(_)) => PeerState::Behind,
            (false, 0, None) => PeerState::Current,
        };
        let behind = oldest.map_or(0, |published| now.saturating_sub(*published));
        let lag = Duration::from_millis(u64::try_from(behind).unwrap_or_default());
        Peer {
            state,
            lag: Some(lag),
        }
    }
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

    /// Decides about one delivery of what was published then. One that is let in is unfinished until it is
    /// [`settled`](Self::settled).
    #[must_use]
    pub fn offer(&self, inbox: &str, published: i64) -> Offer {
        if self.of_others {
            return Offer::Enqueue;
        }
        self.with(inbox, |server| {
            if server.is_open() {
                return Offer::Shed(ShedReason::BreakerOpen);
            }
            if server.unfinished.len() >= BACKLOG {
                return Offer::Shed(ShedReason::QueueFull);
            }
            server.unfinished.push(published);
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

    /// A delivery that was let in, of what was published then, has come to its end, whichever.
    pub fn settled(&self, inbox: &str, published: i64) {
        self.with(inbox, |server| {
            let mut unfinished = server.unfinished.iter();
            if let Some(at) = unfinished.position(|one| *one == published) {
                server.unfinished.swap_remove(at);
            }
        });
    }

    /// How every server does that something was offered for.
    #[must_use]
    pub fn peers(&self) -> Vec<Peer> {
        let (servers, now) = (self.servers(), clock::now());
        servers.values().map(|server| server.seen(now)).collect()
    }

    fn servers(&self) -> MutexGuard<'_, HashMap<String, Server>> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, inbox: &str, change: impl FnOnce(&mut Server) -> T) -> T {
        let mut servers = self.servers();
        if servers.len() >= SERVERS {
            servers.retain(|_, server| !server.unfinished.is_empty());
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
            assert_eq!(breaker.offer("http://a/inbox", 0), Offer::Enqueue);
            breaker.heard("http://a/inbox", false);
            breaker.settled("http://a/inbox", 0);
        }
        assert_eq!(
            breaker.offer("http://a/users/x/inbox", 0),
            Offer::Shed(ShedReason::BreakerOpen)
        );
        assert_eq!(breaker.offer("http://b/inbox", 0), Offer::Enqueue);
        breaker.heard("http://a/inbox", true);
        assert_eq!(breaker.offer("http://a/inbox", 0), Offer::Enqueue);
    }

    #[test]
    fn a_server_with_too_much_unfinished_gets_no_more() {
        let breaker = Breaker::default();
        for _ in 0..BACKLOG {
            assert_eq!(breaker.offer("http://a/inbox", 0), Offer::Enqueue);
        }
        assert_eq!(
            breaker.offer("http://a/inbox", 0),
            Offer::Shed(ShedReason::QueueFull)
        );
        breaker.settled("http://a/inbox", 0);
        assert_eq!(breaker.offer("http://a/inbox", 0), Offer::Enqueue);
    }

    fn peer(breaker: &Breaker) -> (PeerState, Duration) {
        let peers = breaker.peers();
        assert_eq!(peers.len(), 1);
        (peers[0].state, peers[0].lag.unwrap())
    }

    #[test]
    fn a_server_is_as_late_as_the_first_that_it_has_not_got() {
        let (breaker, now) = (Breaker::default(), clock::now());
        let hour = Duration::from_secs(3600);
        for published in [now, now - 3_600_000] {
            assert_eq!(breaker.offer("http://a/inbox", published), Offer::Enqueue);
        }
        let (state, lag) = peer(&breaker);
        assert_eq!(state, PeerState::Behind);
        assert!(lag >= hour, "{lag:?}");
        breaker.settled("http://a/inbox", now - 3_600_000);
        assert!(peer(&breaker).1 < hour);
        breaker.settled("http://a/inbox", now);
        assert_eq!(peer(&breaker), (PeerState::Current, Duration::ZERO));
    }

    #[test]
    fn a_server_fails_before_it_is_held_to_be_gone() {
        let breaker = Breaker::default();
        breaker.heard("http://a/inbox", false);
        assert_eq!(peer(&breaker).0, PeerState::Failing);
        for _ in 1..FAILURES {
            breaker.heard("http://a/inbox", false);
        }
        assert_eq!(peer(&breaker).0, PeerState::Dead);
        breaker.heard("http://a/inbox", true);
        assert_eq!(peer(&breaker).0, PeerState::Current);
    }
}
