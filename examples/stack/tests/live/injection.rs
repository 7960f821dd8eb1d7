//! An injection: what is made to happen, and who must notice.

use std::thread;
use std::time::{Duration, Instant};

use stack::{Queries, Stack};

use crate::asked::{self, Asked, starts};
use crate::seen::expression;

/// What is to be broken, and who watches it.
pub(crate) trait Watched {
    /// How many times shorter its rules wait.
    const HURRY: u32;

    fn watchers(&self) -> &Stack;
}

/// What happens to a `W`, and the beginnings of the places where it is seen.
pub(crate) struct Injection<W> {
    pub(crate) name: &'static str,
    pub(crate) begin: fn(&mut W),
    pub(crate) wakes: &'static [&'static str],
    pub(crate) end: fn(&mut W),
}

/// Longer than any of them takes on a slow machine; nobody else waits.
pub(crate) const PATIENCE: Duration = Duration::from_secs(45);

/// Both engines, by name.
pub(crate) fn engines(stack: &Stack) -> [(&'static str, Queries); 2] {
    [
        ("Prometheus", stack.prometheus()),
        ("VictoriaMetrics", stack.victoria_metrics()),
    ]
}

/// Whether it says something.
pub(crate) fn some(queries: &Queries, asked: &Asked, hurry: u32) -> bool {
    let found = queries
        .instant(&expression(&asked.expression, hurry))
        .unwrap();
    let mut values = found.iter().filter_map(|one| one.value.as_ref());
    values.any(|(_, value)| value != "NaN")
}

/// What of all that is asked stands at these places.
fn at(places: &[&str]) -> Vec<Asked> {
    let all = asked::panels().into_iter().chain(asked::alerts());
    all.filter(|asked| starts(&asked.place, places)).collect()
}

/// Waits until what stands at these places says something to both engines, or nothing. Says which does not.
pub(crate) fn wait<W: Watched>(world: &W, places: &[&str], there: bool) -> Vec<String> {
    let (engines, asked) = (engines(world.watchers()), at(places));
    assert!(!asked.is_empty(), "nothing stands at {places:?}");
    let mut open: Vec<_> = engines
        .iter()
        .flat_map(|engine| asked.iter().map(move |asked| (engine, asked)))
        .collect();
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline && !open.is_empty() {
        open.retain(|((_, queries), asked)| some(queries, asked, W::HURRY) != there);
        thread::sleep(Duration::from_millis(300));
    }
    let names = open.into_iter();
    names
        .map(|((engine, _), asked)| format!("{engine}, {}", asked.place))
        .collect()
}

impl<W: Watched> Injection<W> {
    /// Lets it happen. Who has nothing to say before and something then, has noticed; says who has not.
    pub(crate) fn inject(&self, world: &mut W) -> Vec<String> {
        let speak = wait(world, self.wakes, false);
        (self.begin)(world);
        let silent = wait(world, self.wakes, true);
        (self.end)(world);
        let say = |what: &'static str| move |who: String| format!("{}: {who} {what}", self.name);
        let speak = speak.into_iter().map(say("speaks before"));
        let silent = silent.into_iter().map(say("says nothing"));
        speak.chain(silent).collect()
    }
}
