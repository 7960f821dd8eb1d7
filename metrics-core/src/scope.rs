//! Scope: in which route or worker this thread is right now.
//!
//! A future that is measured carries its [`Scope`] and swaps it into the thread for as long as one of its polls runs.
//! Whatever runs within, however deep, can then say where it belongs, publish the route that only an inner router knows,
//! or note what an outgoing request was answered. Request extensions would cost two to four allocations a request; this
//! costs none. What a host moves to another task with `tokio::spawn` is outside.

use std::cell::Cell;

use crate::name::Name;
use crate::reason::Reason;

/// What a measured future tells those who run within it, and what they tell it. Eight bytes: entering and leaving cost a
/// few instructions.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    name: Option<Name>,
    verdict: Option<Reason>,
    kind: Kind,
    skipped: bool,
    layer: u8,
    mark: u8,
}

/// What the name is the name of. Whatever is within a route is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Nowhere,
    Route,
    Worker,
}

/// What this thread is in, for those who take it elsewhere.
pub(crate) fn current() -> Scope {
    CURRENT.get()
}

/// Where a piece of work belongs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// In no measured future.
    #[default]
    Nowhere,
    /// In the handling of a request, whose route is known once somebody published it.
    Route(Option<Name>),
    /// In an attempt of this worker.
    Worker(Name),
}

thread_local! {
    static CURRENT: Cell<Scope> = const { Cell::new(Scope::new(Kind::Nowhere, None)) };
}

impl Scope {
    const fn new(kind: Kind, name: Option<Name>) -> Self {
        Self {
            name,
            verdict: None,
            kind,
            skipped: false,
            layer: 0,
            mark: 0,
        }
    }

    /// For a request, under this route if it is known already.
    #[must_use]
    pub const fn request(route: Option<Name>) -> Self {
        Self::new(Kind::Route, route)
    }

    /// The same, measured by the layer of this number: those within can find it again. 0 stands for none.
    #[must_use]
    pub const fn of_layer(mut self, layer: u8) -> Self {
        self.layer = layer;
        self
    }

    /// For an attempt of a worker.
    #[must_use]
    pub const fn worker(worker: Name) -> Self {
        Self::new(Kind::Worker, Some(worker))
    }

    /// Makes this the thread's scope until the guard is dropped; the one before is back then, also after a panic.
    #[inline]
    pub fn enter(&mut self) -> Entered<'_> {
        self.swap();
        Entered(self)
    }

    /// Exchanges this with the thread's scope: once to enter, and once more to leave. For those who cannot hold the guard
    /// that [`enter`](Self::enter) returns; what leaves must also leave when it unwinds.
    #[inline]
    pub fn swap(&mut self) {
        // Nothing is returned out of `with`: what is would be looked at for whether there was a thread-local at all.
        CURRENT.with(|current| *self = current.replace(*self));
    }

    /// The route that was published within.
    #[inline]
    #[must_use]
    pub const fn route(&self) -> Option<Name> {
        match self.kind {
            Kind::Route => self.name,
            Kind::Nowhere | Kind::Worker => None,
        }
    }

    /// What was published with the route; 0 if nothing was.
    #[inline]
    #[must_use]
    pub const fn mark(&self) -> u8 {
        self.mark
    }

    const fn place(&self) -> Place {
        match (self.kind, self.name) {
            (Kind::Route, route) => Place::Route(route),
            (Kind::Worker, Some(worker)) => Place::Worker(worker),
            (Kind::Worker, None) | (Kind::Nowhere, _) => Place::Nowhere,
        }
    }

    /// The last thing an outgoing request within was told, unless it went well.
    #[must_use]
    pub const fn verdict(&self) -> Option<Reason> {
        self.verdict
    }

    /// Whether somebody within asked for this request not to be measured.
    #[inline]
    #[must_use]
    pub const fn skipped(&self) -> bool {
        self.skipped
    }
}

impl Default for Scope {
    fn default() -> Self {
        Self::new(Kind::Nowhere, None)
    }
}

/// Keeps a [`Scope`] in the thread.
#[derive(Debug)]
#[must_use = "the scope ends where this is dropped"]
pub struct Entered<'a>(&'a mut Scope);

impl Drop for Entered<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.swap();
    }
}

#[inline]
fn change(change: impl FnOnce(&mut Scope)) {
    CURRENT.with(|current| {
        let mut scope = current.get();
        change(&mut scope);
        current.set(scope);
    });
}

/// Where this thread is right now.
#[must_use]
pub fn place() -> Place {
    CURRENT.get().place()
}

/// The last thing an outgoing request in this thread's scope was told, unless it went well.
#[must_use]
pub fn verdict() -> Option<Reason> {
    CURRENT.get().verdict
}

/// Whether this thread is within a request that is measured already: a second layer passes through then.
#[inline]
#[must_use]
pub fn is_measured() -> bool {
    CURRENT.with(|current| current.get().kind == Kind::Route)
}

/// The number of the layer that measures the request that this thread is in; 0 if there is none.
#[must_use]
pub fn layer() -> u8 {
    CURRENT.get().layer
}

/// Publishes the route of the request that this thread is in. The innermost router knows it best, so the last one stands.
pub fn publish_route(route: Name) {
    publish_route_marked(route, 0);
}

/// The same, and with it what else the layer within has found out: a number that means something to the layers alone.
pub fn publish_route_marked(route: Name, mark: u8) {
    change(|scope| {
        if scope.kind == Kind::Route {
            scope.name = Some(route);
            scope.mark = mark;
        }
    });
}

/// Asks for the request that this thread is in not to be measured: it is a scrape.
pub fn skip() {
    change(|scope| scope.skipped = true);
}

/// Notes what an outgoing request ended with: a reason, or `None` when it went well. The last one stands.
pub fn note(verdict: Option<Reason>) {
    change(|scope| scope.verdict = verdict);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_entered_and_left_in_layers() {
        let mut outer = Scope::worker(Name::new("deliver"));
        let mut inner = Scope::request(None);
        {
            let _outer = outer.enter();
            note(Some(Reason::http(410)));
            {
                let _inner = inner.enter();
                publish_route(Name::new("/users/{id}"));
                note(Some(Reason::Timeout));
                assert!(is_measured());
            }
            assert_eq!(place(), Place::Worker(Name::new("deliver")));
            assert!(!is_measured());
        }
        assert_eq!(place(), Place::Nowhere);
        assert_eq!(outer.verdict(), Some(Reason::http(410)));
        assert_eq!(inner.verdict(), Some(Reason::Timeout));
        assert_eq!(inner.route(), Some(Name::new("/users/{id}")));
    }

    #[test]
    fn what_is_published_with_a_route_goes_with_the_next_one() {
        let mut scope = Scope::request(None).of_layer(7);
        {
            let _entered = scope.enter();
            assert_eq!(layer(), 7);
            publish_route_marked(Name::new("/outer"), 3);
            assert_eq!(place(), Place::Route(Some(Name::new("/outer"))));
        }
        assert_eq!((scope.mark(), layer()), (3, 0));
        {
            let _entered = scope.enter();
            publish_route(Name::new("/inner"));
        }
        assert_eq!(scope.mark(), 0);
    }

    #[test]
    fn a_panic_within_leaves_the_scope() {
        let mut scope = Scope::request(None);
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _entered = scope.enter();
            panic!("within");
        }));
        assert!(panicked.is_err());
        assert_eq!(place(), Place::Nowhere);
    }

    #[test]
    fn a_scope_fits_into_a_register() {
        assert_eq!(size_of::<Scope>(), 8);
    }

    #[test]
    fn nothing_is_published_outside_of_a_request() {
        publish_route(Name::new("/lost"));
        assert_eq!(place(), Place::Nowhere);
    }
}
