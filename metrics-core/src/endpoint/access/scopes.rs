//! Scopes: the host says what a token may do.

use std::collections::HashMap;
use std::fmt::{self, Display};
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use quanta::Instant;

use super::alarm::Alarm;
use super::digest::Digest;
use super::refusal::Refusal;
use crate::endpoint::seldom::Seldom;

/// What opens the endpoint: the scope itself, or its parent.
const OPENING: [&str; 2] = ["admin:metrics", "admin"];
/// How long a yes holds.
const KEPT: Duration = Duration::from_secs(30);
/// How many tokens' yes is kept.
const MOST_KEPT: usize = 64;
/// How many questions are put to the host at once: strangers must not be able to flood its database through us.
const MOST_ASKED: usize = 8;
/// How long the host may take.
const PATIENCE: Duration = Duration::from_secs(2);

type Answer = Pin<Box<dyn Future<Output = Result<Granted, String>> + Send>>;

/// What the host says of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Granted {
    Unknown,
    Insufficient,
    Enough,
}

/// The host's function, and what it said lately.
pub(super) struct Scopes {
    ask: Arc<dyn Fn(String) -> Answer + Send + Sync>,
    patience: Duration,
    granted: Mutex<HashMap<Digest, Instant>>,
    asked: AtomicUsize,
}

static FAILED: Seldom = Seldom::new();

impl Scopes {
    pub(super) fn new<F, R, S, E>(ask: F) -> Self
    where
        F: Fn(String) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Option<S>, E>> + Send + 'static,
        S: IntoIterator<Item: AsRef<str>>,
        E: Display,
    {
        Self::over(
            Arc::new(move |token| {
                let said = ask(token);
                Box::pin(async move {
                    match said.await {
                        Ok(None) => Ok(Granted::Unknown),
                        Ok(Some(scopes)) => {
                            let opened = scopes.into_iter().any(|scope| opens(scope.as_ref()));
                            Ok(if opened {
                                Granted::Enough
                            } else {
                                Granted::Insufficient
                            })
                        }
                        Err(error) => Err(error.to_string()),
                    }
                })
            }),
            PATIENCE,
        )
    }

    fn over(ask: Arc<dyn Fn(String) -> Answer + Send + Sync>, patience: Duration) -> Self {
        Self {
            ask,
            patience,
            granted: Mutex::default(),
            asked: AtomicUsize::new(0),
        }
    }

    pub(super) fn with_patience(&self, patience: Duration) -> Self {
        Self::over(self.ask.clone(), patience)
    }

    /// Whether the host said yes to this token lately.
    pub(super) fn remembers(&self, digest: Digest) -> bool {
        self.granted()
            .get(&digest)
            .is_some_and(|since| since.elapsed() < KEPT)
    }

    /// Asks the host. It may fail, hang or panic: then nobody knows, and static tokens still open.
    pub(super) async fn ask(self: Arc<Self>, token: String, digest: Digest) -> Result<(), Refusal> {
        let Some(_place) = Place::take(&self.asked) else {
            complain("too many tokens are being checked");
            return Err(Refusal::Unavailable);
        };
        match self.put(token).await {
            Ok(Granted::Enough) => {
                self.remember(digest);
                Ok(())
            }
            Ok(Granted::Insufficient) => Err(Refusal::Insufficient),
            Ok(Granted::Unknown) => Err(Refusal::Unknown),
            Err(why) => {
                complain(&why);
                Err(Refusal::Unavailable)
            }
        }
    }

    async fn put(&self, token: String) -> Result<Granted, String> {
        let alarm = Alarm::after(self.patience).map_err(|error| error.to_string())?;
        let answer = catch_unwind(AssertUnwindSafe(|| (self.ask)(token)))
            .map_err(|_| "it panicked".to_owned())?;
        Question { answer, alarm }.await
    }

    fn remember(&self, digest: Digest) {
        let mut granted = self.granted();
        granted.retain(|_, since| since.elapsed() < KEPT);
        if granted.len() < MOST_KEPT {
            granted.insert(digest, Instant::now());
        }
    }

    fn granted(&self) -> MutexGuard<'_, HashMap<Digest, Instant>> {
        self.granted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scopes")
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}

/// Several may stand in one string, with blanks between them, as OAuth has it.
fn opens(scopes: &str) -> bool {
    scopes
        .split_ascii_whitespace()
        .any(|scope| OPENING.contains(&scope))
}

fn complain(why: &str) {
    if FAILED.may() {
        tracing::warn!(
            why,
            "a metrics token could not be checked; tokens from a file or the environment still open"
        );
    }
}

/// The host's future, held apart: what it does to itself does not reach the scrape.
struct Question {
    answer: Answer,
    alarm: Alarm,
}

impl Future for Question {
    type Output = Result<Granted, String>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match catch_unwind(AssertUnwindSafe(|| self.answer.as_mut().poll(context))) {
            Ok(Poll::Ready(said)) => return Poll::Ready(said),
            Ok(Poll::Pending) => {}
            Err(_) => return Poll::Ready(Err("it panicked".to_owned())),
        }
        Pin::new(&mut self.alarm)
            .poll(context)
            .map(|()| Err("it took too long".to_owned()))
    }
}

/// One of the places for questions, given back when dropped.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(asked: &'a AtomicUsize) -> Option<Self> {
        asked
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |asked| {
                (asked < MOST_ASKED).then_some(asked + 1)
            })
            .ok()
            .map(|_| Self(asked))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    fn ask(scopes: &Arc<Scopes>, token: &str) -> impl Future<Output = Result<(), Refusal>> + use<> {
        scopes
            .clone()
            .ask(token.to_owned(), Digest::of(token.as_bytes()))
    }

    #[tokio::test]
    async fn a_scope_or_its_parent_opens() {
        let scopes = Arc::new(Scopes::new(|token: String| {
            ready(match token.as_str() {
                "nobody" => Ok(None),
                "broken" => Err("the database is down"),
                said => Ok(Some([said.to_owned()])),
            })
        }));
        for (token, answer) in [
            ("admin:metrics", Ok(())),
            ("admin", Ok(())),
            ("read write admin:metrics", Ok(())),
            ("read", Err(Refusal::Insufficient)),
            (
                "admin:read admin:metric administrator",
                Err(Refusal::Insufficient),
            ),
            ("", Err(Refusal::Insufficient)),
            ("nobody", Err(Refusal::Unknown)),
            ("broken", Err(Refusal::Unavailable)),
        ] {
            assert_eq!(ask(&scopes, token).await, answer, "{token}");
            assert_eq!(
                scopes.remembers(Digest::of(token.as_bytes())),
                answer.is_ok()
            );
        }
    }

    #[test]
    fn a_yes_holds_for_half_a_minute_and_not_for_everybody() {
        let (clock, mock) = quanta::Clock::mock();
        let scopes = Scopes::new(|_| ready(Ok::<_, String>(Some(["admin"]))));
        quanta::with_clock(&clock, || {
            for number in 0..2 * MOST_KEPT {
                scopes.remember(Digest::of(&number.to_le_bytes()));
            }
            assert_eq!(scopes.granted().len(), MOST_KEPT);
            let first = Digest::of(&0_usize.to_le_bytes());
            assert!(scopes.remembers(first));
            mock.increment(KEPT);
            assert!(!scopes.remembers(first));
            scopes.remember(first);
            assert_eq!(scopes.granted().len(), 1);
        });
    }

    #[tokio::test]
    async fn only_so_many_are_asked_at_once() {
        let scopes = Arc::new(Scopes::new(|_| {
            pending::<Result<Option<Vec<String>>, String>>()
        }));
        let mut asking = Vec::new();
        for _ in 0..MOST_ASKED {
            let mut question = Box::pin(ask(&scopes, "who"));
            assert!(
                question
                    .as_mut()
                    .poll(&mut Context::from_waker(std::task::Waker::noop()))
                    .is_pending()
            );
            asking.push(question);
        }
        assert_eq!(ask(&scopes, "me").await, Err(Refusal::Unavailable));
        drop(asking);
        assert_eq!(scopes.asked.load(Ordering::Relaxed), 0);
    }
}
